#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "harness/core/matrix.h"

namespace bcr {

// A frozen earlier model, as objectives see it. Rows of `features` are the rows of the training
// set.
struct OldModel {
  std::string name = "old";  // of the setting's model; unique in a training run
  // No earlier model: the one that is trained here as it is without compatibility terms. Only terms
  // that ask for it (ObjectiveUse::with) see it.
  bool alone = false;
  // N x d_o, of the side that is scored, extracted in evaluation mode from clean images, not
  // normalised
  FloatMatrix features;
  // C_o x d_o classifier rows on after-neck features; 0 x 0 where the earlier model has none, or
  // where `features` are those before the neck
  FloatMatrix head;
  // What its head says of features: W_o f where this is 0, otherwise this times the cosine of feature
  // and row (CosineLogits), as it was trained.
  double head_scale = 0;
  // Class of the training list -> class of the earlier model by identity name, -1 where it never
  // saw that identity. Empty where the two lists are of different people.
  std::vector<int64_t> class_of;
};

// What does not change while training.
struct TrainingSet {
  int64_t rows = 0;  // N
  // Identities of the training list. 0 where the label source does not give identities: the number
  // of classes then comes with OnLabels, and again whenever it changes.
  int64_t classes = 0;
  // Number of the person of each class of the training list, the same in every model of a setting;
  // empty where no objective has a place for each person.
  std::vector<int64_t> people;
  int feature_width = 0;  // d
  // Channels of the batch's maps, the inner one and the last; empty where no objective asks for them.
  std::vector<int> map_widths;
  std::vector<int64_t> cameras;  // N
  std::vector<int64_t> domains;  // N; empty: one domain
  // The earlier model that this objective is compared with. A compatibility term of a recipe is
  // made once for each earlier model; base objectives see the first. Null without any.
  const OldModel* old_model = nullptr;
  std::vector<const OldModel*> old_models;  // all earlier ones, in the setting's order
  uint64_t seed = 0;                        // derive named streams from it
  std::string device = "cpu";
  int epochs = 0;
  double warmup_epochs = 0;  // of the learning rate: objectives may follow it
};

// The moment before an epoch.
struct EpochStart {
  int epoch = 0;
  // The whole training set's features by the current model (N x d, unit rows, evaluation mode,
  // clean images; of two students the mean of what both mean teachers say), or what an objective
  // remembers of them (Objective::Remembered), as objectives refine them (Objective::Refined): costly,
  // computed once per epoch at most, and only when somebody asks.
  std::function<const FloatMatrix&()> features;
  // The same by an earlier model, named as in OldModel::name (N x d_o, not normalised). Throws
  // kConfig, with a suggestion, for a name that this run does not have.
  std::function<const FloatMatrix&(const std::string& model)> features_of;
};

}  // namespace bcr
