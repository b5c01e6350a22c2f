#include "harness/eval/upgrade/flips.h"

#include <gtest/gtest.h>

#include "harness/core/error.h"
#include "tests/unit/eval/upgrade_test_util.h"

namespace bcr {
namespace {

using eval_test::CellOfAp;
using eval_test::Names;

// Ten queries: right before 0-6, right now 1-8 (one broken, two repaired).
class Flipped : public testing::Test {
 protected:
  Flipped() {
    std::vector<bool> before, now;
    for (int i = 0; i < 10; ++i) {
      before.push_back(i <= 6);
      now.push_back(i >= 1 && i <= 8);
    }
    before_ = CellOfAp(std::vector<double>(10, .4), before);
    now_ = CellOfAp(std::vector<double>(10, .4), now);
  }

  CellScores before_, now_;
};

// Accuracy .7 -> .8 with NFR .1.
TEST_F(Flipped, Example) {
  const Flips flips = CountFlips(before_, now_, Names(10, 10), 1, {});
  EXPECT_EQ(flips.queries, 10U);
  EXPECT_EQ(flips.old_right, 7U);
  EXPECT_EQ(flips.new_right, 8U);
  EXPECT_EQ(flips.negative, 1U);
  EXPECT_EQ(flips.positive, 2U);
  EXPECT_NEAR(*flips.old_accuracy.value, .7, 1e-15);
  EXPECT_NEAR(*flips.new_accuracy.value, .8, 1e-15);
  EXPECT_NEAR(*flips.negative_rate.value, .1, 1e-15);
  EXPECT_NEAR(*flips.positive_rate.value, .2, 1e-15);
  EXPECT_NEAR(*flips.relative_negative.value, .714286, 1e-6);
  EXPECT_NEAR(*flips.trust.value, .857143, 1e-6);
  EXPECT_NEAR(*flips.error_overlap.value, .5, 1e-12);
  EXPECT_NEAR(*flips.new_accuracy.value - *flips.old_accuracy.value,
              *flips.positive_rate.value - *flips.negative_rate.value, 1e-15);
}

TEST_F(Flipped, AtADeeperRankFewerAreWrong) {
  const Flips flips = CountFlips(before_, now_, Names(10, 10), 7, {});  // wrong ones stand at 7
  EXPECT_EQ(flips.old_right, 10U);
  EXPECT_EQ(flips.negative, 0U);
  EXPECT_EQ(*flips.negative_rate.low, 0);
  EXPECT_GT(*flips.negative_rate.high, .2);  // none of ten does not mean never
  EXPECT_FALSE(flips.relative_negative.value);
  EXPECT_NE(flips.relative_negative.reason, "");
  EXPECT_FALSE(flips.error_overlap.value);
  EXPECT_EQ(*flips.trust.value, 1);
}

TEST_F(Flipped, OldNeverRight) {
  const CellScores never = CellOfAp(std::vector<double>(10, .4), std::vector<bool>(10, false));
  const Flips flips = CountFlips(never, now_, Names(10, 10), 1, {});
  EXPECT_FALSE(flips.trust.value);
  EXPECT_EQ(flips.trust.reason, "the old model is never right");
  EXPECT_EQ(*flips.error_overlap.value, 1);
}

TEST_F(Flipped, ProbabilitiesAreNoFlips) {
  now_.queries[3].hits = {.25, .75, 1};
  const Flips flips = CountFlips(before_, now_, Names(10, 10), 1, {});
  EXPECT_NE(flips.reason, "");
  EXPECT_FALSE(flips.negative_rate.value);
  EXPECT_EQ(flips.negative_rate.reason, flips.reason);
  EXPECT_EQ(CountFlips(before_, now_, Names(10, 10), 3, {}).reason, "");  // certain at rank 3
}

TEST_F(Flipped, QueriesNotValidInBothAreLeftOut) {
  now_.queries[0].valid = false;
  const Flips flips = CountFlips(before_, now_, Names(10, 10), 1, {});
  EXPECT_EQ(flips.queries, 9U);
  EXPECT_EQ(flips.negative, 0U);
}

TEST_F(Flipped, Refuses) {
  EXPECT_THROW(CountFlips(before_, now_, Names(9, 9), 1, {}), Error);
  EXPECT_THROW(CountFlips(before_, now_, Names(10, 10), 0, {}), Error);
  for (QueryScore& query : now_.queries) query.valid = false;
  EXPECT_THROW(CountFlips(before_, now_, Names(10, 10), 1, {}), Error);
}

TEST(ApDrops, CountsBeyondTheTolerance) {
  const CellScores before = CellOfAp({.5, .5, .5, .5});
  const CellScores now = CellOfAp({.25, .4375, .5, .75});
  const ApDrops drops = CountApDrops(before, now, Names(4, 4), .0625, {});
  EXPECT_EQ(drops.drops, 1U);  // a drop of exactly the tolerance is none
  EXPECT_EQ(*drops.rate.value, .25);
  EXPECT_EQ(*drops.mean_negative_change.value, -.3125 / 4);
  EXPECT_THROW(CountApDrops(before, now, Names(4, 4), -1, {}), Error);
}

// 1.00 to 0.95 is a fall of 0.05, whatever the subtraction of doubles says; so is 0.15 to 0.10.
TEST(ApDrops, AFallOfTheToleranceIsNoDropHoweverItIsRounded) {
  for (const auto& [old_ap, new_ap] :
       {std::pair(1.0, .95), {.15, .1}, {.3, .25}, {.55, .5}, {2. / 3, 2. / 3 - .05}}) {
    const ApDrops drops =
        CountApDrops(CellOfAp({old_ap, .5}), CellOfAp({new_ap, .5}), Names(2, 2), .05, {});
    EXPECT_EQ(drops.drops, 0U) << old_ap << " to " << new_ap;
    const ApDrops beyond =
        CountApDrops(CellOfAp({old_ap, .5}), CellOfAp({new_ap - 1e-6, .5}), Names(2, 2), .05, {});
    EXPECT_EQ(beyond.drops, 1U) << old_ap << " to " << new_ap;
  }
}

}  // namespace
}  // namespace bcr
