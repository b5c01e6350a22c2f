#include <fmt/format.h>

#include <algorithm>

#include "harness/adapt/adapter_choice.h"
#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/data/resize.h"
#include "harness/nn/backbone_info.h"
#include "harness/plan/builder.h"
#include "harness/plan/effective.h"
#include "harness/plan/given_model.h"
#include "harness/plan/init_files.h"
#include "harness/plan/judged_on.h"
#include "harness/plan/left_out.h"
#include "harness/plan/method_choice.h"
#include "harness/plan/mirroring.h"
#include "harness/plan/people.h"
#include "harness/plan/pretraining.h"
#include "harness/plan/shared_images.h"
#include "harness/plan/unofficial.h"
#include "harness/train/width.h"

namespace bcr {

namespace {

uint64_t StreamSeed(int seed, const std::string& stream) {
  return DeriveSeed(DeriveSeed(static_cast<uint64_t>(seed), "model"), stream);
}

class Planner {
 public:
  Planner(const RunRequest& request, const PlugIns& plug_ins, const RecipeBook& book,
          DataRoles& data, const std::string& device)
      : request_(request),
        adapters_(plug_ins.adapters),
        book_(book),
        data_(data),
        builder_(request, plug_ins, data, device),
        init_files_(request.init, request.init_partial),
        given_(FindGivenModel(request)) {
    if (given_ != nullptr) builder_.plan().notes = given_->notes;
  }

  Plan Make() {
    const std::vector<std::string> methods = request_.methods.empty()
                                                 ? book_.DefaultMethods()
                                                 : ChooseMethods(book_.methods(), request_.methods);
    const std::vector<std::shared_ptr<const Protocol>> protocols = Protocols();
    for (const auto& protocol : protocols) {
      AddImages(protocol->setting);
      for (const std::string& warning : DataWarnings(protocol->setting, data_))
        AddOnce(warning, builder_.plan().warnings);
    }
    for (int s = 0; s < request_.seeds; ++s) {
      for (const auto& protocol : protocols) {
        const int seed = request_.first_seed + s;
        const auto views = std::make_shared<const TrainingViews>(Views(*protocol, seed));
        for (const std::string& name : methods) AddRun(protocol, views, book_.Method(name), seed);
      }
    }
    if (builder_.plan().runs.empty()) builder_.plan().steps.clear();
    return std::move(builder_.plan());
  }

 private:
  std::vector<std::shared_ptr<const Protocol>> Protocols() {
    std::vector<std::shared_ptr<const Protocol>> protocols;
    for (const std::string& setting : request_.settings) {
      Protocol protocol = ResolveProtocol(setting, request_.profile, request_.overrides,
                                          DefaultsOf(book_.plug_ins()));
      if (given_ != nullptr) TakeGiven(*given_, protocol.setting);
      protocols.push_back(std::make_shared<const Protocol>(std::move(protocol)));
      CheckResize(protocols.back()->profile.resize,
                  "profile " + protocols.back()->profile.name + ": input.resize");
      init_files_.CheckNeeded(protocols.back()->profile);
      for (const std::string& reading : protocols.back()->readings)
        AddOnce(reading, builder_.plan().notes);
    }
    return protocols;
  }

  // All images come first: one that cannot be read stops the run before anything is trained.
  void AddImages(const Setting& setting) {
    for (const std::string& role : DataRolesOf(setting)) builder_.Images(role, Split::kTrain);
    if (request_.score_on != "test") return;
    for (const Split split : {Split::kQuery, Split::kGallery})
      builder_.Images(setting.score_on, split);
  }

  // Validation identities of the scored role are held out even where no model trains on it.
  TrainingViews Views(const Protocol& protocol, int seed) {
    TrainImages images;
    for (const std::string& role : DataRolesOf(protocol.setting))
      images[role] = &data_.Kept(role, Split::kTrain);
    return MakeViews(protocol.setting, images, static_cast<uint64_t>(seed),
                     protocol.profile.max_identities);
  }

  void KeepUnmirrored(ModelWork& work) {
    for (const auto& view : work.views) {
      if (!data_.Data(view.data).report().mirrored_is_other || !StopMirroring(work.base)) continue;
      AddOnce(
          fmt::format("{} data trains without mirroring (flip 0): a mirrored image shows another "
                      "identity",
                      view.data),
          builder_.plan().notes);
    }
  }

  // Gives a model the width that its base learner asks for, and one with a place for each person
  // their numbers.
  void KeepPlaces(const PlannedRun& run, ModelWork& work) {
    const BasePlaces places = PlacesOf(book_, work.base);
    work.spec.embedding = EmbeddingOf(places, work.base);
    if (!places.objective.empty())
      work.people = NumberPeople(run.protocol->setting, data_).Of(work.views, data_);
  }

  // A network with parts for each domain has them for the data sets that the model sees.
  void KeepDomains(ModelWork& work) {
    work.spec.norm = work.base.norm;
    work.spec.fusion = work.base.fusion;
    work.spec.domains.clear();
    if (!work.spec.KnowsDomains()) return;
    for (const ViewRows& view : work.views)
      work.spec.domains.push_back(data_.Data(view.data).hash());
  }

  void TakeFile(ModelWork& work) {
    const InitFiles::Checked& checked = init_files_.Check(work.spec, work.init_file);
    work.init = "file:" + checked.hash;
    if (checked.lost.empty()) return;
    work.init_partial = true;
    work.init += ", in part";
    AddOnce(
        fmt::format("{} is loaded in part; without these tensors:{}", work.init_file, checked.lost),
        builder_.plan().warnings);
  }

  // The base learner, and what of the model depends on it: views and labels are decided already.
  void LearnBy(const std::string& base, const PlannedRun& run, ModelWork& work) {
    const Profile& profile = run.protocol->profile;
    work.base = BindBase(book_, base, work.labels, profile);
    work.spec.pooling = PoolingOf(work.spec.backbone, PoolingName(work.base, profile));
    work.people.clear();
    KeepUnmirrored(work);
    KeepPlaces(run, work);
    KeepDomains(work);
    ShareImages(book_, *run.views, run.seed, data_, work);
    work.options = BindOptions(profile, work.labels);
  }

  // A model that sees what its node says and learns by a base learner alone; `base` "auto": the
  // node's.
  ModelWork By(const std::string& base, const PlannedRun& run, const ModelNode& node) {
    const Profile& profile = run.protocol->profile;
    ModelWork work;
    work.views = run.views->models.at(node.name);
    work.labels = node.labels;
    work.unlabelled = node.unlabelled;
    work.spec.backbone = CanonicalBackbone(BackboneOf(profile, node.backbone));
    work.spec.height = profile.height;
    work.spec.width = profile.width;
    work.spec.resize = profile.resize;
    work.seed = StreamSeed(run.seed, node.stream);
    LearnBy(base == "auto" ? node.base : base, run, work);
    if (request_.best_on_test > 0) work.options.checkpoint = {"test", request_.best_on_test};
    if (work.options.checkpoint.by != "last")
      work.judged_on = ImagesToJudgeBy(work.options.checkpoint, node, run, request_, data_);
    work.init = "random";
    work.init_file = init_files_.Of(node, work.spec.backbone);
    if (!work.init_file.empty()) TakeFile(work);
    if (const auto start = run.models.find(node.start); start != run.models.end()) {
      work.start = start->second;
      work.init = node.start;
    }
    if (!work.base.starts_from.base.empty()) {
      Pretrain(run, node, work);
    } else if (work.start && work.base.students > 1) {
      StartSecond(run, node.start, work);
    }
    return work;
  }

  // A second student starts from a model that is made as the first one's start is, of a stream of its own.
  // Where that start is to be compatible with others, or is given, both students have one start.
  void StartSecond(const PlannedRun& run, const std::string& name, ModelWork& work) {
    const Setting& setting = run.protocol->setting;
    ModelNode node = *std::find_if(setting.models.begin(), setting.models.end(),
                                   [&](const ModelNode& other) { return other.name == name; });
    if (!node.compatible_with.empty()) return;
    if (given_ != nullptr && name == setting.upgrade.old_model) return;
    node.stream += ": second student";
    work.second_start = Add(Alone(run, node), setting.name + " / " + name + " of a second student");
  }

  // Trains the model that this one's base learner starts from. It starts where this one would have.
  void Pretrain(const PlannedRun& run, const ModelNode& node, ModelWork& work) {
    const std::string& base = work.base.starts_from.base;
    ModelWork first = work;
    first.views = PretrainingViews(work.base, book_, node, *run.views, run.seed, data_);
    first.labels = LabelsOfPretraining(work.base, book_, node);
    if (first.labels != "mixed") first.unlabelled.clear();
    first.seed = StreamSeed(run.seed, node.stream + ": " + base);
    LearnBy(base, run, first);
    first.options.checkpoint = {};
    first.judged_on.reset();
    work.start =
        Add(std::move(first), run.protocol->setting.name + " / " + base + " for " + node.name);
    work.init = "base:" + base;
    work.init_file.clear();
  }

  // What a model is with no thought of compatibility.
  ModelWork Alone(const PlannedRun& run, const ModelNode& node) {
    const bool earlier = IsEarlier(run.protocol->setting, node);
    return By(earlier ? run.method.earlier_base : "auto", run, node);
  }

  // The model of a method that must be compatible with earlier ones.
  ModelWork Compatible(const PlannedRun& run, const ModelNode& node, const std::string& title) {
    const MethodRecipe& method = run.method;
    const Profile& profile = run.protocol->profile;
    ModelWork work = By(method.base, run, node);
    work.compatibility = BindObjectives(book_, method.objectives, profile);
    for (ObjectiveUse& use : work.compatibility) use.weight *= request_.compatibility_weight;
    if (method.init == "old") {
      work.init = node.compatible_with.front();
      work.start = run.models.at(work.init);
    }
    if (method.extra_width > 0) {
      int widest = work.spec.FeatureWidth();
      for (const std::string& name : node.compatible_with)
        widest = std::max(widest, WidthOf(run.models.at(name)));
      work.spec.embedding = widest + method.extra_width;
    }
    if (method.objectives.empty()) return work;
    work.widths = method.widths == "setting" ? run.protocol->setting.widths : method.widths;
    work.feature_side = profile.feature_side;
    for (const std::string& name : node.compatible_with) {
      const size_t model = run.models.at(name);
      work.earlier.push_back({name, false, model, builder_.TrainFeatures(model, work, title)});
    }
    const auto wants_alone = [](const ObjectiveUse& use) {
      return use.with == ObjectiveUse::With::kAlone;
    };
    if (std::any_of(method.objectives.begin(), method.objectives.end(), wants_alone)) {
      const size_t model = Add(Alone(run, node), title + " / alone");
      work.earlier.push_back({"(alone)", true, model, builder_.TrainFeatures(model, work, title)});
    }
    return work;
  }

  // Adds the model's step, and a warning where its base learner has one.
  size_t Add(ModelWork work, const std::string& title) {
    const std::string warning = WarningOf(book_, work.base);
    if (!warning.empty()) AddOnce(warning, builder_.plan().warnings);
    return builder_.Model(std::move(work), title);
  }

  size_t AddModel(const PlannedRun& run, const ModelNode& node) {
    const Setting& setting = run.protocol->setting;
    if (given_ != nullptr && node.name == setting.upgrade.old_model) return builder_.Given(given_);
    if (node.compatible_with.empty())
      return Add(Alone(run, node), setting.name + " / " + node.name);
    if (run.method.new_is_old) return run.models.at(node.compatible_with.front());
    const bool one = node.name == setting.upgrade.new_model;
    const std::string title =
        setting.name + " / " + run.method.name + (one ? "" : " / " + node.name);
    return Add(Compatible(run, node, title), title);
  }

  void AddRun(const std::shared_ptr<const Protocol>& protocol,
              const std::shared_ptr<const TrainingViews>& views, const MethodRecipe& method,
              int seed) {
    const Setting& setting = protocol->setting;
    Plan& plan = builder_.plan();
    std::string reason = WhyLeftOut(book_, method, *protocol, data_);
    if (reason.empty() && given_ != nullptr) reason = WhyLeftOutOfGiven(book_, method, *protocol);
    if (!reason.empty()) {
      plan.left_out.push_back(method.name + " in " + setting.name + ": " + reason);
      return;
    }
    PlannedRun run;
    run.protocol = protocol;
    run.method = method;
    run.seed = seed;
    run.views = views;
    run.policy = PolicyForIdentities(ParsePolicy(protocol->profile.policy),
                                     data_.Data(setting.score_on).report().market_identities);
    run.unofficial_reasons = UnofficialReasons(*protocol, request_, data_);
    builder_.BeginRow(plan.runs.size());
    for (const ModelNode& node : setting.models) {
      const size_t place = AddModel(run, node);
      run.models[node.name] = place;
      builder_.step(place).wanted = true;  // the record describes every model
    }
    for (const auto& [name, place] : run.models)
      if (plan.Model(place).init_partial)
        run.unofficial_reasons.push_back("initial weights of " + name + " loaded in part");
    for (const ModelNode& node : setting.models) AddAdapters(node, run);
    for (const auto& [query, gallery] : setting.cells) AddCell(query, gallery, run);
    AddFloor(run);
    const ModelWork& fresh = plan.Model(run.models[setting.upgrade.new_model]);
    run.configuration = {{"setting", SettingJson(setting)},
                         {"profile", ProfileJson(protocol->profile)},
                         {"method", ToJson(method)},
                         {"base", ToJson(fresh.base)},
                         {"parameters", ListParameters(fresh.base, fresh.compatibility)},
                         {"overrides", request_.overrides},
                         {"views", "views/" + views->hash + ".json"},
                         {"score_on", request_.score_on},
                         {"compatibility_weight", request_.compatibility_weight}};
    if (request_.best_on_test > 0) run.configuration["best_on_test"] = request_.best_on_test;
    plan.runs.push_back(std::move(run));
  }

  bool Mixes(const std::string& adapter) const {
    return ParseAdapter(adapters_, adapter).info->mix != nullptr;
  }

  // A method's adapter goes before the setting's.
  void AddAdapters(const ModelNode& node, PlannedRun& run) {
    const MethodRecipe& method = run.method;
    const std::string& reference = method.adapter.empty() ? node.adapter : method.adapter;
    const size_t later = run.models.at(node.name);
    if (reference == "none") return;
    for (const std::string& name : node.compatible_with) {
      const size_t earlier = run.models.at(name);
      if (earlier == later) continue;
      PlannedAdapter planned{node.name, name, method.adapter_side == "query", 0};
      ModelWork consumer = builder_.plan().Model(later);
      consumer.feature_side = run.protocol->profile.feature_side;
      const std::string title =
          run.Name() + ": " + reference + " between " + node.name + " and " + name;
      AdapterWork work;
      work.reference = reference;
      work.maps_later = planned.maps_later;
      work.from = builder_.TrainFeatures(planned.maps_later ? later : earlier, consumer, title);
      work.to = builder_.TrainFeatures(planned.maps_later ? earlier : later, consumer, title);
      // Where the validation images are what is scored, nothing may be chosen on them.
      if (Mixes(reference) && request_.score_on == "test") {
        ModelWork held = consumer;
        held.views = {run.views->validation.at(run.protocol->setting.score_on)};
        if (!held.views.front().rows.empty()) {
          work.held = {builder_.TrainFeatures(later, held, title),
                       builder_.TrainFeatures(earlier, held, title)};
        }
      }
      planned.step = builder_.Adapter(std::move(work), title);
      run.adapters.push_back(std::move(planned));
    }
  }

  CellWork Scored(const PlannedRun& run) const {
    CellWork work;
    work.policy = run.policy;
    work.max_rank = run.protocol->profile.max_rank;
    work.rerank = request_.rerank;
    return work;
  }

  int WidthOf(size_t model) { return FeatureWidthOf(builder_.plan().Model(model)); }

  // A model that was trained with a projection onto `other` compares its rows by it.
  CellSide Side(size_t model, const std::string& side, const PlannedRun& run, size_t other) {
    CellSide made;
    made.features = builder_.TestFeatures(model, side, run);
    if (request_.NeedsRows()) builder_.step(made.features).wanted = true;
    for (const PlannedAdapter& adapter : run.adapters) {
      const size_t later = run.models.at(adapter.model), earlier = run.models.at(adapter.earlier);
      const size_t mapped = adapter.maps_later ? later : earlier;
      if (mapped != model || (mapped == later ? earlier : later) != other) continue;
      made.adapter = adapter.step;
      const auto& fitted = std::get<AdapterWork>(builder_.step(adapter.step).work);
      if (Mixes(fitted.reference)) made.beside = builder_.TestFeatures(other, side, run);
    }
    const ModelWork& work = builder_.plan().Model(model);
    if (!LearnsMap(work.widths)) return made;
    for (size_t i = 0; i < work.earlier.size(); ++i) {
      if (work.earlier[i].model != other || work.earlier[i].alone) continue;
      made.projection_of = model;
      made.earlier = i;
    }
    return made;
  }

  // Only the later model adapts its width: earlier galleries, and earlier queries, stay as they are.
  void AddCell(const std::string& query, const std::string& gallery, PlannedRun& run) {
    const size_t q = run.models.at(query), g = run.models.at(gallery);
    CellWork work = Scored(run);
    // What is learned is stored as a projection, however it was learned.
    work.widths = run.method.widths == "setting" ? run.protocol->setting.widths : "project";
    const CellSide query_side = Side(q, "query", run, g);
    work.sides = std::pair(query_side, Side(g, "gallery", run, q));
    const bool adapted =
        query_side.adapter || std::get<std::pair<CellSide, CellSide>>(work.sides).second.adapter;
    if (q != g && !adapted)
      work.width = static_cast<size_t>(WidthOf(EarlierOf(query, gallery, run)));
    const std::string title = run.Name() + ": " + query + "/" + gallery;
    run.cells.push_back({query, gallery, builder_.Cell(std::move(work), title)});
  }

  static size_t EarlierOf(const std::string& a, const std::string& b, const PlannedRun& run) {
    for (const ModelNode& node : run.protocol->setting.models) {
      if (node.name == a || node.name == b) return run.models.at(node.name);
    }
    return run.models.at(a);
  }

  void AddFloor(PlannedRun& run) {
    DrawnSides drawn;
    drawn.query = ScoredImages("query", run, request_);
    drawn.gallery = ScoredImages("gallery", run, request_);
    drawn.width =
        static_cast<size_t>(WidthOf(run.models.at(run.protocol->setting.upgrade.old_model)));
    drawn.seed = DeriveSeed(static_cast<uint64_t>(run.seed), "floor");
    CellWork work = Scored(run);
    work.rerank.reset();
    work.sides = std::move(drawn);
    run.floor = builder_.Cell(std::move(work), run.Name() + ": random features");
  }

  const RunRequest& request_;
  const AdapterTable& adapters_;
  const RecipeBook& book_;
  DataRoles& data_;
  PlanBuilder builder_;
  InitFiles init_files_;
  const std::shared_ptr<const GivenModel> given_;  // the old model of every setting, or null
};

}  // namespace

std::string PlannedRun::Name() const {
  return fmt::format("{} / {} / seed {}", protocol->setting.name, method.name, seed);
}

Plan MakePlan(const RunRequest& request, const PlugIns& plug_ins, const RecipeBook& book,
              DataRoles& data, const std::string& device) {
  return Planner(request, plug_ins, book, data, device).Make();
}

}  // namespace bcr
