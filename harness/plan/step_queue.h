#pragma once

#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "harness/core/error.h"
#include "harness/plan/step.h"

namespace bcr {

// What of a plan is left to do, for a process that may have others beside it on the same store. It
// knows neither how a step is made nor where results are kept.
class StepQueue {
 public:
  enum class State {
    kNotNeeded,  // nobody asks for it, or only for what is made of it, which is stored
    kToDo,
    kStored,  // there without this process
    kMade,    // made here
    kFailed
  };
  // What became of the attempt to take a step: it is ours to make, another process is making it, or
  // its result has been stored meanwhile.
  enum class Taken { kOurs, kBusy, kStored };

  // `stored` says whether the result of a step is there; it is asked once a step, and never for
  // what nobody needs. `steps` must outlive the queue.
  StepQueue(const std::vector<Step>& steps, std::function<bool(size_t)> stored);

  // The first step of the plan that is to do, has all that it needs, and can be taken. Nothing where
  // every such step is busy: ask again later.
  std::optional<size_t> FindWork(const std::function<Taken(size_t)>& take);
  void Finish(size_t step);
  // The step cannot be made: what needs it fails of the same error.
  void Fail(size_t step, const Error& why);
  // The result of a step that was there must be made again: it is to do, and what it needs is asked
  // for. Changes nothing for other steps.
  void Reopen(size_t step);

  bool More() const { return to_do_ > 0; }
  size_t to_do() const { return to_do_; }
  State state(size_t step) const { return states_[step]; }
  // Whether the result of a step is there.
  bool Done(size_t step) const;
  bool Failed(size_t step) const { return states_[step] == State::kFailed; }
  const Error& failure(size_t step) const { return failures_.at(step); }
  // The first step to do that only waits for other processes. REQUIRES: FindWork found nothing.
  size_t FirstBusy() const { return first_busy_; }

 private:
  void Ask(size_t step);
  void Open(size_t step);
  void Settle(size_t step, State state);
  bool Ready(size_t step) const;

  const std::vector<Step>& steps_;
  const std::function<bool(size_t)> stored_;
  std::vector<State> states_;
  std::map<size_t, Error> failures_;
  size_t to_do_ = 0, first_busy_ = 0;
};

}  // namespace bcr
