#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "harness/core/json.h"
#include "harness/nn/model.h"
#include "harness/train/label_source.h"
#include "harness/train/objectives_in_use.h"
#include "harness/train/parts.h"

namespace bcr {

// What a training run has reached, besides tensors.
struct TrainState {
  int epochs_done = 0;
  int64_t steps = 0, images = 0;  // batches, and images in them
  double seconds = 0;
  Json history = Json::array();
  Json label_notes = Json::array();
};

// Everything with memory that a resumed run needs; all borrowed.
struct TrainParts {
  Model& model;
  Parts& parts;
  std::vector<ObjectiveInUse>& objectives;
  LabelSource& label_source;
  LabelSet& labels;
  std::map<std::string, at::Tensor>& extra;  // e.g. projections; written into in place at loading
};

// One file, replaced atomically after every epoch: a kill loses at most the epoch in progress.
void SaveCheckpoint(const std::string& file, const TrainParts& parts, const TrainState& state);
// False where there is none. Fills `labels` with those of the last epoch done and calls
// `on_labels`, which tells the objectives, gives a head a row for each class where labels decide
// that, and registers what is learned; then fills everything else. Throws kData or kConfig where a
// bit of the file has changed (before anything is filled) or where it does not fit the run (another
// architecture or version).
bool LoadCheckpoint(const std::string& file, const TrainParts& parts, TrainState& state,
                    const std::function<void()>& on_labels);

}  // namespace bcr
