#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/train/batch_mixer.h"
#include "harness/train/head.h"
#include "harness/train/objectives_in_use.h"
#include "harness/train/teacher_choice.h"
#include "harness/train/trainer.h"

namespace bcr {

namespace {

// Images that are mixed for nobody would cost a forward pass and change nothing.
void CheckMixing(const std::vector<std::unique_ptr<Augmenter>>& augmenters, const BaseRecipe& base,
                 const TrainPlugIns& plug_ins) {
  if (!BatchMixer(augmenters, 0).mixes()) return;
  for (const ObjectiveUse& use : base.objectives) {
    if (FindObjective(plug_ins.objectives, use.objective).classifies) return;
  }
  throw Error(
      ErrorCode::kConfig,
      {"base " + base.name, "an augmenter that mixes images, and nothing that classifies them",
       "an objective that classifies, such as `identity`", ""});
}

void CheckGenerated(const std::vector<std::unique_ptr<Augmenter>>& augmenters,
                    const BaseRecipe& base, const std::vector<ObjectiveUse>& compatibility,
                    const TrainPlugIns& plug_ins) {
  if (std::any_of(augmenters.begin(), augmenters.end(),
                  [](const auto& augmenter) { return augmenter->adds_images(); }))
    return;
  for (const auto* uses : {&base.objectives, &compatibility}) {
    for (const ObjectiveUse& use : *uses) {
      if (NeedsGenerated(use, FindObjective(plug_ins.objectives, use.objective)))
        RefuseWithoutGenerated(use.objective, "base " + base.name);
    }
  }
}

void CheckTeacher(const BaseRecipe& base, const std::vector<ObjectiveUse>& compatibility,
                  const TrainPlugIns& plug_ins) {
  const auto teacher = TeacherOf(base.objectives, compatibility, plug_ins.objectives);
  if (teacher || !base.teacher_is_scored) return;
  throw Error(ErrorCode::kConfig,
              {"base " + base.name + ": scored", "`teacher`, and no objective with a mean teacher",
               "an objective such as `mean-teacher` beside it", ""});
}

// Two students have nothing to learn from each other without teachers that answer.
void CheckStudents(const std::vector<std::unique_ptr<Augmenter>>& augmenters,
                   const BaseRecipe& base, const TrainPlugIns& plug_ins) {
  if (base.students == 1) return;
  const std::string where = "base " + base.name + ": students";
  const auto teacher = TeacherOf(base.objectives, {}, plug_ins.objectives);
  if (!teacher || !teacher->answers) {
    throw Error(ErrorCode::kConfig, {where, "2, and no objective that asks a mean teacher",
                                     "an objective such as `mean-teacher` in the base", ""});
  }
  if (BatchMixer(augmenters, 0).mixes()) {
    throw Error(ErrorCode::kConfig,
                {where, "2, and an augmenter that mixes images", "one of the two", ""});
  }
}

void CheckClusterHead(const BaseRecipe& base) {
  if (!base.cluster_head || (!base.head && base.label_source != "ground-truth")) return;
  throw Error(ErrorCode::kConfig,
              {"base " + base.name + ": cluster_head",
               base.head ? "a head for identities beside it" : "labels that never change",
               "`head` false and a label source that clusters", ""});
}

}  // namespace

void CheckRecipe(const BaseRecipe& base, const std::vector<ObjectiveUse>& compatibility,
                 const TrainPlugIns& plug_ins) {
  const auto check = [&](const ObjectiveUse& use, const std::string& where) {
    MakeObjective(FindObjective(plug_ins.objectives, use.objective),
                  ParseJson(use.parameters, where), where);
  };
  const auto augmenters = MakeAugmenters(plug_ins.augmenters, base.augmenters, "base " + base.name);
  for (const ObjectiveUse& use : base.objectives) check(use, "base " + base.name);
  for (const ObjectiveUse& use : compatibility) check(use, "compatibility term");
  HeadScaleOf(base.objectives, compatibility, plug_ins.objectives);
  CheckMixing(augmenters, base, plug_ins);
  CheckGenerated(augmenters, base, compatibility, plug_ins);
  CheckTeacher(base, compatibility, plug_ins);
  CheckStudents(augmenters, base, plug_ins);
  CheckClusterHead(base);
  if (FindLabelSource(plug_ins.label_sources, base.label_source) == nullptr) return;
  MakeLabelSource(plug_ins.label_sources, base.label_source, base.label_source_parameters, {});
}

}  // namespace bcr
