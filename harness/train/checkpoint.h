#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/core/json.h"
#include "harness/nn/model.h"
#include "harness/train/objective.h"
#include "harness/train/optimiser.h"

namespace bcr {

// What a training run has reached, besides tensors.
struct TrainState {
  int epochs_done = 0;
  int64_t steps = 0, images = 0;
  double seconds = 0;
  Json* history = nullptr;      // borrowed
  Json* label_notes = nullptr;  // borrowed
};

// Everything with tensors in it that a resumed run needs.
struct TrainParts {
  Model* model = nullptr;
  Optimiser* optimiser = nullptr;
  std::vector<Objective*> objectives;
  // Filled by LoadCheckpoint, one map per objective: handed to Objective::Load once labels are
  // known.
  std::vector<std::map<std::string, at::Tensor>>* objective_states = nullptr;
  std::map<std::string, at::Tensor>* extra =
      nullptr;  // e.g. the projection; written into in place at loading
};

// One file, replaced atomically after every epoch: a kill loses at most the epoch in progress.
void SaveCheckpoint(const std::string& file, const TrainParts& parts, const TrainState& state);
// False where there is none. Throws kData where the file does not fit the model (another
// architecture or version).
bool LoadCheckpoint(const std::string& file, const TrainParts& parts, TrainState& state);

}  // namespace bcr
