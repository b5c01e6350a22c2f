#include "harness/plan/step_queue.h"

#include <algorithm>

namespace bcr {

// Steps stand behind those they need: walked from the end, whoever asks for a step has been seen.
StepQueue::StepQueue(const std::vector<Step>& steps, const std::function<bool(size_t)>& stored)
    : steps_(steps), states_(steps.size(), State::kNotNeeded) {
  std::vector<bool> asked(steps.size(), false);
  for (size_t i = steps.size(); i-- > 0;) {
    if (!asked[i] && !steps[i].wanted) continue;
    if (stored(i)) {
      states_[i] = State::kStored;
      continue;
    }
    states_[i] = State::kToDo;
    ++to_do_;
    for (const size_t need : steps[i].needs) {
      BCR_CHECK(need < i, "a step needs one that stands behind it");
      asked[need] = true;
    }
  }
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
