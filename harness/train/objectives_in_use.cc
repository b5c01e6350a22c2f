#include "harness/train/objectives_in_use.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/train/head.h"
#include "harness/train/parted_objective.h"
#include "harness/train/trainer.h"

namespace bcr {

namespace {

TrainingSet DescribeSet(const TrainJob& job, const TrainPlugIns& plug_ins, int feature_width) {
  TrainingSet set;
  if (ReadMaps(job.base, job.compatibility, plug_ins)) set.map_widths = MapWidthsOf(job.spec);
  set.rows = static_cast<int64_t>(job.rows.size());
  if (job.base.label_source == "ground-truth")
    set.classes = static_cast<int64_t>(job.classes.size());
  set.people = job.people;
  set.feature_width = feature_width;
  set.cameras = job.cameras;
  set.domains = job.domains;
  for (const OldModel& old : job.old_models) {
    if (!old.alone) set.old_models.push_back(&old);
  }
  set.seed = DeriveSeed(job.seed, "objectives");
  set.device = job.device;
  set.epochs = job.options.epochs;
  set.warmup_epochs = job.options.schedule.warmup_epochs;
  return set;
}

void CheckNames(const std::vector<OldModel>& old_models) {
  for (size_t i = 0; i < old_models.size(); ++i) {
    const bool twice =
        std::any_of(old_models.begin(), old_models.begin() + static_cast<std::ptrdiff_t>(i),
                    [&](const OldModel& earlier) { return earlier.name == old_models[i].name; });
    BCR_CHECK(!twice, "two earlier models named " + old_models[i].name);
  }
}

std::unique_ptr<Objective> Make(const ObjectiveUse& use, const ObjectiveInfo& info,
                                const ModelSpec& spec, int feature_width, double head_scale,
                                const std::string& where) {
  const auto make = [&] { return MakeObjective(info, ParseJson(use.parameters, where), where); };
  if (use.over == ObjectiveUse::Over::kWhole && !use.reads_after_neck) return make();
  if (info.needs_old_model) {
    throw Error(ErrorCode::kConfig,
                {where, "`over` or `reads` of objective `" + info.name + "`",
                 "neither: it compares the feature that is scored, which is the whole",
                 "They are for the losses of a base learner."});
  }
  return NewPartedObjective(ColumnsOver(use.over, spec, feature_width), use.reads_after_neck,
                            head_scale, make);
}

}  // namespace

bool ReadMaps(const BaseRecipe& base, const std::vector<ObjectiveUse>& compatibility,
              const TrainPlugIns& plug_ins) {
  const auto reads = [&](const ObjectiveUse& use) {
    return FindObjective(plug_ins.objectives, use.objective).reads_maps;
  };
  return std::any_of(base.objectives.begin(), base.objectives.end(), reads) ||
         std::any_of(compatibility.begin(), compatibility.end(), reads);
}

bool NeedsGenerated(const ObjectiveUse& use, const ObjectiveInfo& info) {
  return info.needs_generated != nullptr &&
         info.needs_generated(CompleteParameters(info, ParseJson(use.parameters, info.name)));
}

void RefuseWithoutGenerated(const std::string& objective, const std::string& where) {
  throw Error(ErrorCode::kConfig,
              {where, "objective `" + objective + "` without generated images",
               "an augmenter in the base recipe that adds some",
               "Name one there: \"augmenters\": [..., {\"augmenter\": \"dcgan\"}]"});
}

std::vector<int> MapWidthsOf(const ModelSpec& spec) {
  const BackboneChoice backbone = ChooseBackbone(spec.backbone);
  if (!backbone.info->map_widths.empty()) return backbone.info->map_widths;
  std::string known;
  for (const BackboneInfo* info : backbone_table()) {
    if (!info->map_widths.empty()) known += (known.empty() ? "" : ", ") + info->name;
  }
  throw Error(ErrorCode::kConfig,
              {"backbone " + backbone.Text(), "no map of an inner stage, which an objective reads",
               "one of " + known, "Choose another: --set profile.backbones.standard=..."});
}

std::vector<ObjectiveInUse> MakeObjectives(const TrainJob& job, const TrainPlugIns& plug_ins,
                                           int feature_width) {
  CheckNames(job.old_models);
  TrainingSet set = DescribeSet(job, plug_ins, feature_width);
  const double head_scale =
      HeadScaleOf(job.base.objectives, job.compatibility, plug_ins.objectives);
  std::vector<ObjectiveInUse> uses;
  const auto add = [&](const ObjectiveUse& use, const std::string& where, size_t old_model,
                       size_t share) {
    const ObjectiveInfo& info = FindObjective(plug_ins.objectives, use.objective);
    if (info.needs_old_model && old_model >= job.old_models.size()) {
      throw Error(ErrorCode::kConfig,
                  {where, "objective `" + use.objective + "` without an old model", "an old model",
                   "Use it in a method's recipe, not in a base recipe."});
    }
    if (NeedsGenerated(use, info) && std::count(job.origins.begin(), job.origins.end(), 1) == 0)
      RefuseWithoutGenerated(use.objective, where);
    set.old_model = old_model < job.old_models.size() ? &job.old_models[old_model] : nullptr;
    ObjectiveInUse made;
    const bool named = share > 1 || use.with == ObjectiveUse::With::kAlone;
    made.name = named ? use.objective + "@" + set.old_model->name : use.objective;
    made.weight = use.weight / static_cast<double>(share);
    made.curve = use.curve;
    made.old_model = old_model;
    made.classifies = info.classifies;
    made.objective = Make(use, info, job.spec, feature_width, head_scale, where);
    made.objective->Prepare(set);
    uses.push_back(std::move(made));
  };
  for (const ObjectiveUse& use : job.base.objectives) add(use, "base " + job.base.name, 0, 1);
  const size_t models = std::max<size_t>(1, set.old_models.size());
  for (const ObjectiveUse& use : job.compatibility) {
    if (use.with == ObjectiveUse::With::kAlone) {
      BCR_CHECK(!job.old_models.empty() && job.old_models.back().alone, "no model trained alone");
      add(use, job.title, job.old_models.size() - 1, 1);
      continue;
    }
    for (size_t old_model = 0; old_model < models; ++old_model)
      add(use, job.title, old_model, models);
  }
  return uses;
}

}  // namespace bcr
