#pragma once

#include <vector>

#include "harness/train/objectives_in_use.h"

namespace bcr {

class BatchFiller;
class Parts;
class TermMeans;
struct LoadedBatch;

// What a step works with; all borrowed.
struct StepTools {
  BatchFiller& filler;
  std::vector<ObjectiveInUse>& objectives;
  Parts& parts;
};

// One step of training on a loaded batch, whose pixels it takes over: forward, every objective's
// calls in their order, backward, every part's optimiser. Losses are added to `means` and stay on
// the device: nothing here waits for it. `batch` comes with its place in training filled in. Throws
// kConfig where no objective gives a term.
void RunStep(const StepTools& tools, LoadedBatch& loaded, Batch& batch, TermMeans& means);

}  // namespace bcr
