#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "harness/core/json.h"
#include "harness/core/matrix.h"
#include "harness/train/batch.h"
#include "harness/train/label_set.h"
#include "harness/train/learned_part.h"
#include "harness/train/teacher_choice.h"
#include "harness/train/training_set.h"

namespace bcr {

// A differentiable term on a batch: identity losses, metric losses, distillation, every
// compatibility term. Order of calls: Prepare, OnLabels, then per epoch (OnLabels where labels
// changed,) BeginEpoch and per batch Transform (of all objectives, in recipe order), Compute (of
// all), backward, AfterBackward, optimiser step, AfterStep. Where several batches make one step of the
// optimisers, each batch has all calls, and its gradients apart from the others'; Batch::moves says
// after which the optimisers move. Losses are computed in the type of the
// features, float32 or (in gradient checks) float64, never lower.
//
// Between OnLabels and the next epoch everything stays on the device: no item(), nonzero() or
// cpu() in Transform, Compute, AfterBackward and AfterStep, because each makes the step wait.
class Objective {
 public:
  virtual ~Objective() = default;
  virtual void Prepare(const TrainingSet& set);
  virtual void OnLabels(const LabelSet& labels);
  virtual void BeginEpoch(const EpochStart& start);
  // May replace kBeforeNeck, kAfterNeck, kOldFeatures and kOrigin before anyone computes (MixBCT
  // mixes old features in). Compatible features and logits are derived from what it leaves.
  virtual void Transform(Batch& batch);
  virtual void Compute(const Batch& batch, Terms& terms) = 0;
  // Gradients exist, parameters have not moved: memory updates belong here.
  virtual void AfterBackward(const Batch& batch);
  virtual void AfterStep(const Batch& batch);
  // Features of all training images that this objective remembers (N x d, unit rows); false where it
  // remembers none, or none yet. They are then EpochStart::features in the place of extracted ones:
  // a label source that clusters sees what the objective contrasts with.
  virtual bool Remembered(FloatMatrix& rows) const;
  // For an objective that trains on features which it refines, and has those clustered: changes the
  // features of all training images (N x d, unit rows, which they stay), extracted or remembered, before
  // anyone is handed them as EpochStart::features; false where it leaves them alone. Called once an epoch
  // at most, of all objectives in recipe order.
  virtual bool Refined(FloatMatrix& unit_rows) const;
  // Multiplies the recipe's weight; `progress` is the share of all training steps done, [0, 1].
  virtual double WeightAt(double progress) const;

  // Learned with the model's optimiser. Both lists may change in Prepare and OnLabels alone, e.g.
  // with the number of classes: the optimiser keeps the state of tensors that stay.
  virtual std::vector<at::Tensor> Parameters();
  // Learned by optimisers of their own. The list of names is fixed from Prepare on.
  virtual std::vector<LearnedPart> OwnParts();
  // What else a resumed run needs, by name. Parameters need not be saved: the trainer does that.
  // A resumed run calls Prepare, OnLabels with the labels of the last epoch done, and Load; it then
  // goes on as if it had never stopped, with OnLabels where labels change, and BeginEpoch.
  virtual void Save(std::map<std::string, at::Tensor>& state);
  virtual void Load(const std::map<std::string, at::Tensor>& state);
};

// What an objective fixes before any training, so that models trained apart agree on it.
struct FixedPlaces {
  int width = 0;       // of the features it works on: the model gets an embedding of that width
  int64_t people = 0;  // as many different people fit in
};

// A registered objective: one file under methods/objectives, named in methods/CMakeLists.txt.
struct ObjectiveInfo {
  std::string name;
  int revision = 0;    // raised whenever the numbers it produces can change
  std::string about;   // one line
  std::string source;  // paper and equation; "reconstruction: ..." where the text is not public
  bool needs_old_model = false;
  std::string parameters;  // JSON object of all parameters with their defaults
  // Further parameters with their defaults, which came after models had been stored: recipes, and so
  // keys of stored models, hold them only where somebody gives them.
  std::string later_parameters = "{}";
  // Parameter sets under which the contract suite checks gradients by finite differences (JSON
  // array of objects that override the defaults), beside everything else that it checks.
  std::string gradient_checks = "[{}]";
  // Further ones for everything else: variants with detached constants, whose gradient is not that of
  // their value. They have vectors of their own.
  std::string detached_checks = "[]";
  // Reads its parameters (missing ones take the defaults above); throws kConfig for unknown or
  // out-of-range ones.
  std::unique_ptr<Objective> (*make)(JsonReader& parameters) = nullptr;
  // Whether it reads the identity head's logits, by its parameters; a base learner without labels has
  // no head. Null: never.
  bool (*needs_head)(const Json& parameters) = nullptr;
  // Whether it cannot do without the old model's classifier, by its parameters; a model that is given
  // from elsewhere has none. Null: it can.
  bool (*needs_old_head)(const Json& parameters) = nullptr;
  // For an objective that trains the identity head by cosines: the scale s of its logits s <f^, w^_k>,
  // margins aside, by its parameters. Whoever asks the head gets these logits then: the batch's
  // other objectives, and later models that are compared with this one. Null: W f.
  double (*head_scale)(const Json& parameters) = nullptr;
  // Whether its terms are of each image alone, with its label, by the identity head: it may be shown
  // mixed images (batch_mix.h). It reads kAfterNeck, kLogits, kHeadWeight, kLabels, kValid and
  // Batch::labels, nothing else.
  bool classifies = false;
  // For an objective that needs a mean teacher: how it follows, by its parameters, which `make` has
  // accepted. Null for all others.
  TeacherChoice (*teacher)(const Json& parameters) = nullptr;
  // Whether it reads kInnerMap and kMap: only backbones that show an inner map (BackboneInfo::map_widths)
  // can then be trained.
  bool reads_maps = false;
  // Whether it works on generated images (Slot::kOrigin 1), by its parameters: the base learner then needs
  // an augmenter that adds some. Null: never.
  bool (*needs_generated)(const Json& parameters) = nullptr;
  // For an objective with a place for each person (TrainingSet::people): what it fixes, by its
  // parameters, which `make` has accepted. Null for all others, which work at any width.
  FixedPlaces (*places)(const Json& parameters) = nullptr;
};

// Generated from methods/CMakeLists.txt.
std::vector<const ObjectiveInfo*> objective_table();

const ObjectiveInfo& FindObjective(const std::vector<const ObjectiveInfo*>& table,
                                   const std::string& name);
// All parameters, also the later ones: defaults where `parameters` has none.
Json CompleteParameters(const ObjectiveInfo& info, const Json& parameters);
// Fills in defaults, refuses unknown keys, makes the objective. `where` names the recipe in
// messages.
std::unique_ptr<Objective> MakeObjective(const ObjectiveInfo& info, const Json& parameters,
                                         const std::string& where);

}  // namespace bcr
