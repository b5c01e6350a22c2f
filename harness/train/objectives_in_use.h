#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/train/objective.h"
#include "harness/train/weight_curve.h"

namespace bcr {

struct BaseRecipe;
struct ModelSpec;
struct ObjectiveUse;
struct TrainJob;
struct TrainPlugIns;

// One objective of a training run with its place in it.
struct ObjectiveInUse {
  std::string name;  // what its figures are called in the history
  // The recipe's. A compatibility term that runs once for each of M earlier models has 1/M of it
  // each time: its pull against the base learner then does not grow with the length of a chain.
  double weight = 1;
  WeightCurve curve;
  size_t old_model = 0;  // index of the earlier model that it sees; base objectives see the first
  size_t student = 0;    // of two that learn side by side, which one it teaches
  bool classifies = false;  // as in ObjectiveInfo
  std::unique_ptr<Objective> objective;

  double WeightAt(double progress) const {
    return weight * FactorAt(curve, progress) * objective->WeightAt(progress);
  }
};

// Whether one of these objectives reads the backbone's maps.
bool ReadMaps(const BaseRecipe& base, const std::vector<ObjectiveUse>& compatibility,
              const TrainPlugIns& plug_ins);

// Whether this use of an objective works on generated images (ObjectiveInfo::needs_generated).
bool NeedsGenerated(const ObjectiveUse& use, const ObjectiveInfo& info);
// The kConfig error where there are none.
[[noreturn]] void RefuseWithoutGenerated(const std::string& objective, const std::string& where);

// The channels of the maps that the spec's backbone shows. Throws kConfig where it shows none.
std::vector<int> MapWidthsOf(const ModelSpec& spec);

// The base learner's objectives, then the compatibility terms (each once for every earlier model),
// prepared. Throws kConfig for plug-ins and parameters that do not exist, and for terms that need
// an earlier model where there is none.
std::vector<ObjectiveInUse> MakeObjectives(const TrainJob& job, const TrainPlugIns& plug_ins,
                                           int feature_width);

}  // namespace bcr
