#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "harness/plan/step_queue.h"
#include "harness/run/workshop.h"

namespace bcr {

class KeyLock;

// Takes and makes the steps of a plan through the store, beside other processes that may do the
// same.
class StepMaker {
 public:
  explicit StepMaker(Workshop& workshop);
  ~StepMaker();

  // Whether a sound result of a step is in the store: each of its files as it was written, and what
  // it was made of still of the content that it had. Images are always opened once, which finds
  // pictures that were replaced.
  bool Stored(size_t step);
  // The same for a step that was stored or made before: only what changed since is read again.
  bool IsSound(size_t step);
  // The right to make a step, without waiting. It ends with Make or with this object. A damaged
  // result is told and removed.
  StepQueue::Taken Take(size_t step);
  // Makes the step that was taken last.
  void Make(size_t step);
  // Needs of a step whose results have changed since they were looked at: a reason for a failure
  // that is no fault of the step. They are read again, and no longer counted as stored.
  std::vector<size_t> DamagedNeeds(size_t step);
  // Seconds that this process spent on steps which `row` was the first to want, by kind of work.
  const TimeSplit& TimeOf(size_t row) const { return times_[row]; }

 private:
  std::optional<Damage> Compare(size_t step);
  std::optional<Damage> FindDamage(size_t step);
  MadeOf AncestorsOf(size_t step);
  void Produce(size_t step, const std::string& folder);

  Workshop& workshop_;
  std::unique_ptr<KeyLock> right_;
  std::vector<TimeSplit> times_;  // by row
};

}  // namespace bcr
