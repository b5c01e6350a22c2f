#include "harness/plan/step_queue.h"

#include <algorithm>
#include <utility>

namespace bcr {

StepQueue::StepQueue(const std::vector<Step>& steps, std::function<bool(size_t)> stored)
    : steps_(steps), stored_(std::move(stored)), states_(steps.size(), State::kNotNeeded) {
  for (size_t i = steps.size(); i-- > 0;) {
    if (steps[i].wanted) Ask(i);
  }
}

void StepQueue::Ask(size_t step) {
  if (states_[step] != State::kNotNeeded) return;
  if (stored_(step)) {
    states_[step] = State::kStored;
  } else {
    Open(step);
  }
}

void StepQueue::Open(size_t step) {
  states_[step] = State::kToDo;
  ++to_do_;
  for (const size_t need : steps_[step].needs) {
    BCR_CHECK(need < step, "a step needs one that stands behind it");
    Ask(need);
  }
  for (const size_t need : steps_[step].needs) {
    if (Failed(need) && !Failed(step)) Fail(step, failures_.at(need));
  }
}

void StepQueue::Reopen(size_t step) {
  if (Done(step)) Open(step);
}

bool StepQueue::Done(size_t step) const {
  return states_[step] == State::kStored || states_[step] == State::kMade;
}

bool StepQueue::Ready(size_t step) const {
  const std::vector<size_t>& needs = steps_[step].needs;
  return states_[step] == State::kToDo &&
         std::all_of(needs.begin(), needs.end(), [&](size_t need) { return Done(need); });
}

std::optional<size_t> StepQueue::FindWork(const std::function<Taken(size_t)>& take) {
  bool busy = false;
  for (size_t i = 0; i < steps_.size(); ++i) {
    if (!Ready(i)) continue;
    const Taken taken = take(i);
    if (taken == Taken::kOurs) return i;
    if (taken == Taken::kStored) {
      Settle(i, State::kStored);
    } else if (!busy) {
      busy = true;
      first_busy_ = i;
    }
  }
  return std::nullopt;
}

void StepQueue::Finish(size_t step) { Settle(step, State::kMade); }

void StepQueue::Fail(size_t step, const Error& why) {
  failures_.emplace(step, why);
  Settle(step, State::kFailed);
  for (size_t i = step + 1; i < steps_.size(); ++i) {
    const std::vector<size_t>& needs = steps_[i].needs;
    const bool hit = states_[i] == State::kToDo &&
                     std::any_of(needs.begin(), needs.end(), [&](size_t n) { return Failed(n); });
    if (!hit) continue;
    failures_.emplace(i, why);
    Settle(i, State::kFailed);
  }
}

void StepQueue::Settle(size_t step, State state) {
  if (states_[step] == State::kToDo) --to_do_;
  states_[step] = state;
}

}  // namespace bcr
