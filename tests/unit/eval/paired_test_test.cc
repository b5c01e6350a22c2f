#include "harness/eval/statistics/paired_test.h"

#include <gtest/gtest.h>

#include <cmath>

#include "harness/core/error.h"
#include "harness/core/random.h"
#include "tests/unit/eval/upgrade_test_util.h"

namespace bcr {
namespace {

using eval_test::Column;
using eval_test::Names;

TEST(PairedTest, CountsAllSignsOfFewIdentities) {
  // Five identities, all better: two of 32 patterns are as extreme.
  const ValueColumn first = Column({.1, .2, .3, .4, .5}), second = Column({.2, .3, .5, .5, .9});
  const PairedTest test = ComparePaired(first, second, {"a", "b", "c", "d", "e"}, {});
  EXPECT_EQ(test.p_value, 2.0 / 32);
  EXPECT_NEAR(*test.difference.value, .18, 1e-15);
  EXPECT_EQ(test.queries, 5U);
  EXPECT_EQ(test.identities, 5U);
  const PairedTest reverse = ComparePaired(second, first, {"a", "b", "c", "d", "e"}, {});
  EXPECT_EQ(reverse.p_value, test.p_value);
  EXPECT_NEAR(*reverse.difference.value, -.18, 1e-15);
}

// Differences 3, 1, -1 (quarters): |sum| >= 3 for +++ (5), ++-, +-+ (3) and their mirrors: 6 of 8.
TEST(PairedTest, TiesOfThePermutedSumCount) {
  const PairedTest test =
      ComparePaired(Column({0, 0, .25}), Column({.75, .25, 0}), {"a", "b", "c"}, {});
  EXPECT_EQ(test.p_value, 6.0 / 8);
}

TEST(PairedTest, QueriesOfAnIdentityFlipTogether) {
  // Forty queries of two identities are no more evidence than two.
  const ValueColumn first = Column(std::vector<double>(40, 0.0));
  const ValueColumn second = Column(std::vector<double>(40, 0.5));
  EXPECT_EQ(ComparePaired(first, second, Names(40, 2), {}).p_value, .5);
  EXPECT_LT(ComparePaired(first, second, Names(40, 40), {}).p_value, .001);
}

TEST(PairedTest, NoDifferenceIsNoEvidence) {
  const ValueColumn same = Column({.5, .25, .75, .3, .6, .9});
  const PairedTest test = ComparePaired(same, same, Names(6, 6), {});
  EXPECT_EQ(test.p_value, 1);
  EXPECT_EQ(*test.difference.low, 0);
  EXPECT_EQ(*test.difference.high, 0);
  EXPECT_EQ(WordOf(test, true), PairedWord::kSame);
  const ValueColumn all = Column(std::vector<double>(6, 1.0));
  EXPECT_EQ(WordOf(ComparePaired(all, all, Names(6, 6), {}), true), PairedWord::kUndecided);
}

TEST(PairedTest, WordsFollowTheIntervalInTheDirectionOfTheMetric) {
  const ValueColumn low = Column({.1, .2, .3, .4, .5, .6}), high = Column({.2, .4, .4, .5, .8, .9});
  const PairedTest better = ComparePaired(low, high, Names(6, 6), {});
  EXPECT_EQ(WordOf(better, true), PairedWord::kBetter);
  EXPECT_EQ(WordOf(better, false), PairedWord::kWorse);
  EXPECT_EQ(WordOf(ComparePaired(high, low, Names(6, 6), {}), true), PairedWord::kWorse);
  EXPECT_STREQ(PairedWordName(PairedWord::kWorse), "worse");
  EXPECT_EQ(WordOf(ComparePaired(low, high, Names(6, 5), {}), true), PairedWord::kUndecided);
}

TEST(PairedTest, DrawnPatternsAgreeWithTheNormalTest) {
  Random random(7);
  std::vector<double> first(300), second(300);
  double sum = 0, squares = 0;
  for (size_t i = 0; i < 300; ++i) {
    second[i] = .12 + random.Normal();
    sum += second[i];
    squares += second[i] * second[i];
  }
  const double normal = std::erfc(std::fabs(sum) / std::sqrt(squares) / std::sqrt(2.0));
  const PairedTest test = ComparePaired(Column(first), Column(second), Names(300, 300),
                                        {.seed = 1, .resamples = 100000});
  EXPECT_NEAR(test.p_value, normal, .1 * normal + .002);
  const PairedTest again = ComparePaired(Column(first), Column(second), Names(300, 300),
                                         {.seed = 1, .resamples = 100000});
  EXPECT_EQ(test.p_value, again.p_value);
}

TEST(PairedTest, DrawnPatternsNeverGiveZero) {
  const PairedTest test = ComparePaired(Column(std::vector<double>(60, 0.0)),
                                        Column(std::vector<double>(60, 1.0)), Names(60, 60), {});
  EXPECT_NEAR(test.p_value, 2.0 / 2001, 1e-15);
}

TEST(PairedTest, LeavesOutWhatIsNotValidInBoth) {
  ValueColumn first = Column({.5, .5, 9}), second = Column({.75, std::nan(""), .75});
  second.valid[1] = false;
  first.valid[2] = false;
  const PairedTest test = ComparePaired(first, second, {"a", "b", "c"}, {});
  EXPECT_EQ(test.queries, 1U);
  EXPECT_EQ(*test.difference.value, .25);
  first.valid[0] = false;
  EXPECT_THROW(ComparePaired(first, second, {"a", "b", "c"}, {}), Error);
}

}  // namespace
}  // namespace bcr
