#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/train/objectives_in_use.h"

namespace bcr {

class BatchFiller;
class BatchMixer;
class MeanTeacher;
class Parts;
class TermMeans;
struct LoadedBatch;

// What a step works with; all borrowed.
struct StepTools {
  std::vector<ObjectiveInUse>& objectives;
  Parts& parts;
  const BatchMixer& mixer;
  const std::string& device;
  double clip_norm = 0;  // as Optimisation's
};

// A model in a step, whose pixels are taken over; all borrowed. `batch` comes with its place in training
// filled in.
struct StepStudent {
  BatchFiller& filler;
  MeanTeacher* teacher;  // null: nobody asks for one
  LoadedBatch& loaded;
  Batch& batch;
};

// Where a batch stands among those whose gradients make one step of the optimisers.
struct StepPlace {
  int64_t batch = 0;  // its number from 0 over all of training
  int of = 1;         // batches that make this step
  bool last = true;   // the optimisers move after it
};
// Of batch `batch` (from 0) of an epoch of `batches`, `accumulate` of which make a step; the last step
// of an epoch has the batches that are left. `before`: batches of earlier epochs.
StepPlace PlaceOf(int64_t batch, int64_t batches, int accumulate, int64_t before);

// One batch of training, loaded: forward, every objective's calls in their order, backward, and
// (after the last batch of a step) every part's optimiser, along the mean of the gradients of the
// step's batches. Where the batch is mixed, objectives that classify compute on the mixed images
// alone: each term is the mean of what it says under both labellings, in their shares. Of two
// students each objective sees the batch of its own (ObjectiveInUse::student), both move along the
// sum of all losses, and each teacher tells the other's student of the images that it sees itself;
// such batches are not mixed. Losses are added to `means` and stay on the device: nothing here waits
// for it. Throws kConfig where no objective gives a term, or none that depends on what is trained.
void RunStep(const StepTools& tools, const StepPlace& place,
             const std::vector<StepStudent>& students, TermMeans& means);

}  // namespace bcr
