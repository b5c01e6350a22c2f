#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "harness/core/json.h"
#include "harness/core/matrix.h"
#include "harness/train/batch.h"

namespace bcr {

// The frozen old model, as objectives see it. Rows of `features` are the rows of the training set.
struct OldModel {
  // N x d_o, of the side that is scored, extracted in evaluation mode from clean images, not
  // normalised
  FloatMatrix features;
  // C_o x d_o classifier rows on after-neck features; 0 x 0 where the old model has none, or where
  // `features` are those before the neck
  FloatMatrix head;
  std::string feature_origin =
      "cached";  // "cached" (clean images) or "live" (augmented images): goes into the record
};

// What does not change while training.
struct TrainingSet {
  int64_t rows = 0;                     // N
  int feature_width = 0;                // d
  std::vector<int64_t> cameras;         // N
  const OldModel* old_model = nullptr;  // null where the recipe has no compatibility term
  uint64_t seed = 0;                    // derive named streams from it
  std::string device = "cpu";
  int epochs = 0;
  double warmup_epochs = 0;  // of the learning rate: objectives may follow it
};

// Labels of the whole training set. Given once for ground truth, and again whenever a label source
// changes them.
struct LabelSet {
  std::vector<int64_t> labels;  // N, -1 = left out
  int64_t classes = 0;          // C
  // Class -> old class by identity name, -1 where the old model never saw it. Empty where labels
  // are no identities (clusters) or there is no old model.
  std::vector<int64_t> old_class_of;
};

// The moment before an epoch. `features` extracts the whole training set with the current new model
// (N x d, unit rows, evaluation mode, clean images): costly, computed once per epoch at most, and
// only when somebody asks.
struct EpochStart {
  int epoch = 0;
  std::function<const FloatMatrix&()> features;
};

// A differentiable term on a batch: identity losses, metric losses, distillation, every
// compatibility term. Order of calls: Prepare, OnLabels, then per epoch BeginEpoch and per batch
// Transform (of all objectives, in recipe order), Compute (of all), backward, AfterBackward,
// optimiser step, AfterStep. Losses are computed in the type of the features, float32 or (in
// gradient checks) float64, never lower.
class Objective {
 public:
  virtual ~Objective() = default;
  virtual void Prepare(const TrainingSet& set);
  virtual void OnLabels(const LabelSet& labels);
  virtual void BeginEpoch(const EpochStart& start);
  // May replace slots before anyone computes (MixBCT mixes old features in; logits are computed
  // afterwards).
  virtual void Transform(Batch& batch);
  virtual void Compute(const Batch& batch, Terms& terms) = 0;
  // Gradients exist, parameters have not moved: memory updates and own optimisers belong here.
  virtual void AfterBackward(const Batch& batch);
  virtual void AfterStep(const Batch& batch);

  // Learned with the model's optimiser; fixed from Prepare on. Stored in the checkpoint by the
  // trainer.
  virtual std::vector<at::Tensor> Parameters();
  // What else a resumed run needs, by name. What OnLabels or BeginEpoch rebuilds need not be saved.
  // A resumed run calls Prepare, OnLabels, Load, then BeginEpoch of the first epoch to be done.
  virtual void Save(std::map<std::string, at::Tensor>& state);
  virtual void Load(const std::map<std::string, at::Tensor>& state);
};

// A registered objective: one file under methods/objectives, named in methods/CMakeLists.txt.
struct ObjectiveInfo {
  std::string name;
  int revision = 0;    // raised whenever the numbers it produces can change
  std::string about;   // one line
  std::string source;  // paper and equation; "reconstruction: ..." where the text is not public
  bool needs_old_model = false;
  std::string parameters;  // JSON object of all parameters with their defaults
  // Parameter sets under which the contract suite checks gradients by finite differences (JSON
  // array of objects that override the defaults). Variants that add detached constants are left out
  // here and have vectors of their own.
  std::string gradient_checks = "[{}]";
  // Reads its parameters (missing ones take the defaults above); throws kConfig for unknown or
  // out-of-range ones.
  std::unique_ptr<Objective> (*make)(JsonReader& parameters) = nullptr;
};

// Generated from methods/CMakeLists.txt.
std::vector<const ObjectiveInfo*> objective_table();

const ObjectiveInfo& FindObjective(const std::vector<const ObjectiveInfo*>& table,
                                   const std::string& name);
// Fills in defaults, refuses unknown keys, makes the objective. `where` names the recipe in
// messages.
std::unique_ptr<Objective> MakeObjective(const ObjectiveInfo& info, const Json& parameters,
                                         const std::string& where);

}  // namespace bcr
