#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/train/objectives_in_use.h"

namespace bcr {

class BatchFiller;
class BatchMixer;
class Parts;
class TermMeans;
struct LoadedBatch;

// What a step works with; all borrowed.
struct StepTools {
  BatchFiller& filler;
  std::vector<ObjectiveInUse>& objectives;
  Parts& parts;
  const BatchMixer& mixer;
  const std::string& device;
};

// Step number `step` (from 0) of training, on a loaded batch, whose pixels it takes over: forward,
// every objective's calls in their order, backward, every part's optimiser. Where the batch is mixed,
// objectives that classify compute on the mixed images alone: each term is the mean of what it says
// under both labellings, in their shares. Losses are added to `means` and stay on the device: nothing
// here waits for it. `batch` comes with its place in training filled in. Throws kConfig where no
// objective gives a term.
void RunStep(const StepTools& tools, int64_t step, LoadedBatch& loaded, Batch& batch,
             TermMeans& means);

}  // namespace bcr
