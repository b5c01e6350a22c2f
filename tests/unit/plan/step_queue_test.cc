// What a process takes from a plan, with others beside it and with failures.
#include "harness/plan/step_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace bcr {
namespace {

using ::testing::ElementsAre;
using State = StepQueue::State;
using Taken = StepQueue::Taken;

// Images 0, models 1 and 2 (2 needs 1), their features 3 and 4, a cell 5 of both, a cell 6 of 3.
std::vector<Step> Steps() {
  const std::vector<std::vector<size_t>> needs = {{}, {0}, {0, 1}, {0, 1}, {0, 2}, {3, 4}, {3}};
  std::vector<Step> steps(needs.size());
  for (size_t i = 0; i < needs.size(); ++i) {
    steps[i].needs = needs[i];
    steps[i].title = std::to_string(i);
    steps[i].wanted = i >= 5;
  }
  return steps;
}

const Error kBroken(ErrorCode::kTraining, {"model", "a loss that is not finite", "", ""});

// The order in which one process makes all steps.
std::vector<size_t> Drain(StepQueue& queue) {
  std::vector<size_t> order;
  while (const auto step = queue.FindWork([](size_t) { return Taken::kOurs; })) {
    order.push_back(*step);
    queue.Finish(*step);
  }
  return order;
}

TEST(StepQueue, MakesStepsInOrderOnceTheirNeedsAreThere) {
  const std::vector<Step> steps = Steps();
  StepQueue queue(steps, [](size_t) { return false; });
  EXPECT_THAT(Drain(queue), ElementsAre(0, 1, 2, 3, 4, 5, 6));
  EXPECT_FALSE(queue.More());
}

TEST(StepQueue, WhatIsStoredIsNotMadeAndNeedsNothing) {
  const std::vector<Step> steps = Steps();
  const std::set<size_t> stored = {3, 5};
  StepQueue queue(steps, [&](size_t i) { return stored.count(i) > 0; });
  EXPECT_THAT(Drain(queue), ElementsAre(6));
  EXPECT_EQ(queue.state(2), State::kNotNeeded);
  EXPECT_TRUE(queue.Done(5));
  EXPECT_EQ(queue.state(5), State::kStored);
  EXPECT_EQ(queue.state(6), State::kMade);
}

TEST(StepQueue, TakesTheNextFreeStepInsteadOfWaiting) {
  const std::vector<Step> steps = Steps();
  StepQueue queue(steps, [](size_t i) { return i == 0 || i == 1; });
  // Another process makes 2: this one goes on with 3 and 6.
  const auto take = [](size_t i) { return i == 2 ? Taken::kBusy : Taken::kOurs; };
  for (const size_t expected : {3U, 6U}) {
    const auto step = queue.FindWork(take);
    ASSERT_TRUE(step.has_value());
    EXPECT_EQ(*step, expected);
    queue.Finish(*step);
  }
  EXPECT_FALSE(queue.FindWork(take).has_value());
  EXPECT_TRUE(queue.More());
  EXPECT_EQ(queue.FirstBusy(), 2U);
  // It has stored 2 meanwhile.
  const auto later =
      queue.FindWork([](size_t i) { return i == 2 ? Taken::kStored : Taken::kOurs; });
  ASSERT_TRUE(later.has_value());
  EXPECT_EQ(*later, 4U);
  EXPECT_EQ(queue.state(2), State::kStored);
}

TEST(StepQueue, AFailureFailsWhatNeedsItAlone) {
  const std::vector<Step> steps = Steps();
  StepQueue queue(steps, [](size_t i) { return i == 0 || i == 1; });
  EXPECT_EQ(*queue.FindWork([](size_t) { return Taken::kOurs; }), 2U);
  queue.Fail(2, kBroken);
  EXPECT_THAT(Drain(queue), ElementsAre(3, 6));
  EXPECT_FALSE(queue.More());
  for (const size_t failed : {2U, 4U, 5U}) {
    ASSERT_TRUE(queue.Failed(failed));
    EXPECT_STREQ(queue.failure(failed).what(), kBroken.what());
  }
  EXPECT_TRUE(queue.Done(6));
}

// A cell was made of features that come out otherwise: it is to do again, and asks for what it needs.
TEST(StepQueue, AReopenedStepAsksForWhatItNeeds) {
  const std::vector<Step> steps = Steps();
  std::set<size_t> stored = {0, 1, 2, 5, 6};
  std::multiset<size_t> asked;
  StepQueue queue(steps, [&](size_t i) {
    asked.insert(i);
    return stored.count(i) > 0;
  });
  EXPECT_FALSE(queue.More());
  EXPECT_EQ(queue.state(3), State::kNotNeeded);
  queue.Reopen(5);
  EXPECT_EQ(queue.to_do(), 3U) << "the cell and the features of both models";
  EXPECT_THAT(Drain(queue), ElementsAre(3, 4, 5));
  EXPECT_TRUE(queue.Done(6)) << "untouched";
  queue.Reopen(5);
  EXPECT_THAT(Drain(queue), ElementsAre(5)) << "its needs are there";
  for (size_t i = 0; i < steps.size(); ++i) EXPECT_LE(asked.count(i), 1U) << i;
}

TEST(StepQueue, AReopenedStepFailsOfANeedThatFailed) {
  const std::vector<Step> steps = Steps();
  const std::set<size_t> stored = {0, 5, 6};
  StepQueue queue(steps, [&](size_t i) { return stored.count(i) > 0; });
  queue.Reopen(6);
  EXPECT_EQ(*queue.FindWork([](size_t) { return Taken::kOurs; }), 1U);
  queue.Fail(1, kBroken);
  EXPECT_TRUE(queue.Failed(6));
  queue.Reopen(5);
  EXPECT_TRUE(queue.Failed(5));
  EXPECT_FALSE(queue.More());
}

}  // namespace
}  // namespace bcr
