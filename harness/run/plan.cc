#include "harness/run/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/hash.h"
#include "harness/core/random.h"
#include "harness/data/decode.h"
#include "harness/nn/model.h"
#include "harness/nn/weights.h"
#include "harness/run/effective.h"
#include "harness/run/plan_json.h"

namespace bcr {

namespace {

// Raised whenever a change of harness/train or harness/nn changes the bytes of trained weights.
constexpr int kTrainerRevision = 1;

void AddOnce(const std::string& text, std::vector<std::string>& texts) {
  if (std::find(texts.begin(), texts.end(), text) == texts.end()) texts.push_back(text);
}

class Planner {
 public:
  Planner(const RunRequest& request, const PlugIns& plug_ins, const RecipeBook& book,
          DataRoles& data, std::string device)
      : request_(request),
        plug_ins_(plug_ins),
        book_(book),
        data_(data),
        device_(std::move(device)) {}

  Plan Make() {
    const std::vector<std::string> methods =
        request_.methods.empty() ? book_.DefaultMethods() : request_.methods;
    for (int s = 0; s < request_.seeds; ++s) {
      for (const std::string& setting : request_.settings) {
        const Protocol protocol = ResolveProtocol(setting, request_.profile, request_.overrides);
        CheckInit(protocol.profile);
        for (const std::string& name : methods)
          AddRun(protocol, book_.Method(name), request_.first_seed + s);
      }
    }
    return std::move(plan_);
  }

 private:
  void CheckInit(const Profile& profile) const {
    if (!profile.needs_init || !request_.init.empty()) return;
    throw Error(ErrorCode::kUsage, {"profile " + profile.name, "no initial weights",
                                    "--init FILE.safetensors (ImageNet weights)",
                                    "Export torchvision's ResNet to safetensors, or say --init "
                                    "random to train from scratch."});
  }

  TrainingViews Views(const Protocol& protocol, int seed) {
    TrainImages images;
    const auto bind = [&](const ModelView& view) {
      const std::vector<ImageRecord>& kept = data_.Kept(view.data, Split::kTrain);
      (view.data == "target" ? images.target : images.source) = &kept;
    };
    bind(protocol.setting.old_model);
    bind(protocol.setting.new_model);
    if (protocol.setting.new_model.init == "source-model") {
      images.source = &data_.Kept("source", Split::kTrain);
    }
    // Validation identities of the scored role are held out even where neither model trains on it.
    if (protocol.setting.score_on == "target") images.target = &data_.Kept("target", Split::kTrain);
    return MakeViews(protocol.setting, images, static_cast<uint64_t>(seed),
                     protocol.profile.max_identities);
  }

  // The file of initial weights for a backbone, "" for random ones.
  std::string InitFile(const std::string& backbone) const {
    if (request_.init.empty()) return "";
    for (const std::string& entry : request_.init) {
      if (entry == "random") return "";
      const size_t equals = entry.find('=');
      if (equals == std::string::npos) return entry;
      if (entry.substr(0, equals) == backbone) return entry.substr(equals + 1);
    }
    throw Error(ErrorCode::kUsage,
                {"--init", "no file for " + backbone, backbone + "=FILE.safetensors",
                 "Give --init once for each backbone of the setting."});
  }

  // A file of other weights is refused before anything is trained.
  const std::string& HashOfInit(const PlannedModel& model) {
    std::string& hash = init_hashes_[{model.spec.backbone, model.init_file}];
    if (!hash.empty()) return hash;
    const auto probe = Model::MakeBlank(model.spec);
    LoadBackbone(*probe, model.init_file);
    return hash = HashOfFile(model.init_file);
  }

  static uint64_t RoleSeed(int seed, const std::string& role) {
    return DeriveSeed(DeriveSeed(static_cast<uint64_t>(seed), "model"), role);
  }

  PlannedModel Base(const Protocol& protocol, const ModelView& view, const ViewRows& rows, int seed,
                    const std::string& role, const std::string& base) {
    const Profile& profile = protocol.profile;
    PlannedModel model;
    model.data_role = view.data;
    model.view = rows;
    model.labels = view.labels;
    model.spec.backbone = BackboneOf(profile, view.backbone);
    model.spec.pooling = profile.pooling;
    model.spec.height = profile.height;
    model.spec.width = profile.width;
    model.seed = RoleSeed(seed, role);
    model.base = BindBase(book_, base, view.labels, profile);
    model.options = BindOptions(profile, view.labels);
    model.init = "random";
    model.init_file = InitFile(model.spec.backbone);
    if (!model.init_file.empty()) model.init = "file:" + HashOfInit(model);
    return model;
  }

  // A source-trained model of another seed: where cross-domain-unsupervised begins.
  int StartModel(const Protocol& protocol, const TrainingViews& views, int seed) {
    ModelView view = protocol.setting.new_model;
    view.data = "source";
    view.labels = "ground-truth";
    const ViewRows& rows = views.source_model;
    PlannedModel model = Base(protocol, view, rows, seed, "start", "auto");
    model.title = protocol.setting.name + " / start";
    return Intern(std::move(model));
  }

  void AddRun(const Protocol& protocol, const MethodRecipe& method, int seed) {
    const Setting& setting = protocol.setting;
    if (method.base != "auto" && !method.new_is_old && setting.new_model.labels != "ground-truth" &&
        book_.Base(method.base).label_source == "ground-truth") {
      plan_.left_out.push_back(method.name + " in " + setting.name +
                               ": its base learner needs labels");
      return;
    }
    PlannedRun run;
    run.protocol = protocol;
    run.method = method;
    run.seed = seed;
    run.views = Views(protocol, seed);
    AddReasons(run);
    AddModels(run);
    run.configuration = {
        {"setting", SettingJson(setting)},
        {"profile", ProfileJson(protocol.profile)},
        {"method", ToJson(method)},
        {"base", ToJson(plan_.models[static_cast<size_t>(run.models["new"])].base)},
        {"parameters",
         ListParameters(plan_.models[static_cast<size_t>(run.models["new"])].base,
                        plan_.models[static_cast<size_t>(run.models["new"])].compatibility)},
        {"overrides", request_.overrides},
        {"views", "views/" + run.views.hash + ".json"},
        {"score_on", request_.score_on},
        {"compatibility_weight", request_.compatibility_weight}};
    plan_.runs.push_back(std::move(run));
  }

  void AddReasons(PlannedRun& run) const {
    run.unofficial_reasons = run.protocol.unofficial_reasons;
    if (request_.compatibility_weight != 1) {
      run.unofficial_reasons.push_back(
          fmt::format("compatibility weights multiplied by {}", request_.compatibility_weight));
    }
    if (run.protocol.profile.needs_init && request_.init == std::vector<std::string>{"random"}) {
      run.unofficial_reasons.push_back("random initial weights where the profile asks for a file");
    }
  }

  void AddModels(PlannedRun& run) {
    const Setting& setting = run.protocol.setting;
    PlannedModel old =
        Base(run.protocol, setting.old_model, run.views.old_model, run.seed, "old", "auto");
    old.title = setting.name + " / old";
    const int old_index = Intern(std::move(old));
    run.models["old"] = old_index;

    PlannedModel fresh =
        Base(run.protocol, setting.new_model, run.views.new_model, run.seed, "new", "auto");
    if (setting.new_model.init == "source-model") {
      fresh.start_model = StartModel(run.protocol, run.views, run.seed);
      fresh.init = "source-model";
    }
    PlannedModel paragon = fresh;
    paragon.title = setting.name + " / independent";
    run.models["paragon"] = Intern(std::move(paragon));
    run.models["new"] =
        run.method.new_is_old ? old_index : Intern(Compatible(run, std::move(fresh), old_index));
  }

  // The new model of a method, from what it would be without any compatibility term.
  PlannedModel Compatible(const PlannedRun& run, PlannedModel fresh, int old_index) const {
    const Setting& setting = run.protocol.setting;
    const MethodRecipe& method = run.method;
    fresh.base = BindBase(book_, method.base, setting.new_model.labels, run.protocol.profile);
    fresh.title = setting.name + " / " + method.name;
    fresh.compatibility = BindObjectives(book_, method.objectives, run.protocol.profile);
    for (ObjectiveUse& use : fresh.compatibility) use.weight *= request_.compatibility_weight;
    if (method.init == "old") {
      fresh.start_model = old_index;
      fresh.init = "old";
    }
    if (!method.objectives.empty()) {
      fresh.old_model = old_index;
      fresh.widths = setting.widths;
      fresh.feature_side = run.protocol.profile.feature_side;
    }
    return fresh;
  }

  int Intern(PlannedModel model) {
    model.inputs = Inputs(model);
    model.key = ArtifactStore::KeyOf(model.inputs);
    const auto [it, fresh] = by_key_.try_emplace(model.key, static_cast<int>(plan_.models.size()));
    if (fresh) {
      CheckRecipe(model.base, model.compatibility, plug_ins_.train);
      const std::string warning = WarningOf(book_, model.base);
      if (!warning.empty()) AddOnce(warning, plan_.warnings);
      plan_.models.push_back(std::move(model));
    }
    return it->second;
  }

  Json Inputs(const PlannedModel& model) {
    Json revisions = Json::object();
    const auto note = [&](const ObjectiveUse& use) {
      revisions[use.objective] = FindObjective(plug_ins_.train.objectives, use.objective).revision;
    };
    for (const ObjectiveUse& use : model.base.objectives) note(use);
    for (const ObjectiveUse& use : model.compatibility) note(use);
    for (const LabelSourceInfo* info : plug_ins_.train.label_sources) {
      if (info->name == model.base.label_source) revisions[info->name] = info->revision;
    }
    const auto key_of = [&](int index) {
      return index < 0 ? "" : plan_.models[static_cast<size_t>(index)].key;
    };
    Json options = OptionsJson(model.options);
    AddAugmenters(model.base.augmenters, plug_ins_.train.augmenters, options);
    Json inputs = {
        {"trainer", kTrainerRevision},
        {"data", data_.Data(model.data_role).hash()},
        {"decoder", DecoderRevision()},
        {"view", model.view.hash},
        {"labels", model.labels},
        {"spec", SpecJson(model.spec)},
        {"seed", model.seed},
        {"base", ToJson(model.base)},
        {"compatibility", UsesToJson(model.compatibility)},
        {"revisions", revisions},
        {"options", options},
        // Extraction serves old features and clustering; batches can change a feature's last bit.
        {"extraction_batch", model.old_model >= 0 || model.labels != "ground-truth"
                                 ? model.options.extraction_batch
                                 : 0},
        {"widths", model.old_model < 0 ? "" : model.widths},
        {"init", model.init},
        {"start", key_of(model.start_model)},
        {"old", key_of(model.old_model)},
        {"device", device_.substr(0, device_.find(':'))},
        {"precision", request_.precision}};
    // Absent for after-neck: such models were stored before there was a choice.
    if (model.feature_side != kAfterNeck) inputs["side"] = model.feature_side;
    return inputs;
  }

  const RunRequest& request_;
  const PlugIns& plug_ins_;
  const RecipeBook& book_;
  DataRoles& data_;
  std::string device_;
  Plan plan_;
  std::map<std::string, int> by_key_;
  std::map<std::pair<std::string, std::string>, std::string> init_hashes_;  // backbone, file
};

}  // namespace

Plan MakePlan(const RunRequest& request, const PlugIns& plug_ins, const RecipeBook& book,
              DataRoles& data, const std::string& device) {
  return Planner(request, plug_ins, book, data, device).Make();
}

}  // namespace bcr
