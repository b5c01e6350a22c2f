#pragma once

#include <memory>
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

  // Whether the result of a step is in the store. Images are always opened once, which finds
  // pictures that were replaced; a stored cell that is damaged is told, removed and counts as absent.
  bool Stored(size_t step);
  // The right to make a step, without waiting. It ends with Make or with this object.
  StepQueue::Taken Take(size_t step);
  // Makes the step that was taken last.
  void Make(size_t step);
  // Seconds that this process spent on steps which `row` was the first to want, by kind of work.
  const TimeSplit& TimeOf(size_t row) const { return times_[row]; }

 private:
  void Produce(size_t step, const std::string& folder);

  Workshop& workshop_;
  std::unique_ptr<KeyLock> right_;
  std::vector<TimeSplit> times_;  // by row
};

}  // namespace bcr
