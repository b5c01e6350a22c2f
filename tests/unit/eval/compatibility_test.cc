#include "harness/eval/upgrade/compatibility.h"

#include <gtest/gtest.h>

#include <cmath>

#include "harness/core/error.h"

namespace bcr {
namespace {

CellScores CellOf(const std::vector<double>& ap) {
  CellScores cell;
  double sum = 0;
  for (const double value : ap) {
    QueryScore score;
    score.valid = value >= 0;  // a negative value stands for an invalid query
    score.ap_hits = score.valid ? value : 0;
    cell.queries.push_back(score);
    if (!score.valid) continue;
    ++cell.valid_queries;
    sum += value;
  }
  cell.map_hits = sum / static_cast<double>(cell.valid_queries);
  return cell;
}

const std::vector<std::string> kFour = {"a", "b", "c", "d"};

TEST(Compatibility, UpdateGainExample) {
  const CellScores old_self = CellOf({.55, .55, .55, .55});
  const CellScores cross = CellOf({.62, .62, .62, .62});
  const Compatibility result = JudgeCompatibility(old_self, cross, .80, kFour, 1);
  EXPECT_NEAR(result.gain.value, .07, 1e-15);
  ASSERT_TRUE(result.update_gain.has_value());
  EXPECT_NEAR(*result.update_gain, 0.28, 1e-14);
  EXPECT_EQ(result.verdict, Verdict::kYes);
}

TEST(Compatibility, NoUpdateGainWithoutRoom) {
  const CellScores cell = CellOf({.5, .5, .5, .5});
  EXPECT_FALSE(JudgeCompatibility(cell, cell, std::nullopt, kFour, 1).update_gain.has_value());
  EXPECT_FALSE(JudgeCompatibility(cell, cell, .5, kFour, 1).update_gain.has_value());
  EXPECT_FALSE(JudgeCompatibility(cell, cell, .4, kFour, 1).update_gain.has_value());
}

TEST(Compatibility, UpdateGainIsNotClipped) {
  const Compatibility worse =
      JudgeCompatibility(CellOf({.5, .5, .5, .5}), CellOf({.25, .25, .25, .25}), .75, kFour, 1);
  EXPECT_EQ(*worse.update_gain, -1.0);
  const Compatibility better =
      JudgeCompatibility(CellOf({.25, .25, .25, .25}), CellOf({1, 1, 1, 1}), .5, kFour, 1);
  EXPECT_EQ(*better.update_gain, 3.0);
}

TEST(Compatibility, Verdicts) {
  const CellScores old_self = CellOf({.5, .5, .5, .5});
  const auto verdict = [&](const std::vector<double>& cross) {
    return JudgeCompatibility(old_self, CellOf(cross), std::nullopt, kFour, 1).verdict;
  };
  EXPECT_EQ(verdict({.6, .7, .6, .7}), Verdict::kYes);
  EXPECT_EQ(verdict({.4, .3, .4, .3}), Verdict::kNo);
  EXPECT_EQ(verdict({.9, .1, .9, .1}), Verdict::kUndecided);
  EXPECT_STREQ(VerdictName(Verdict::kYes), "yes");
  EXPECT_STREQ(VerdictName(Verdict::kNo), "no");
  EXPECT_STREQ(VerdictName(Verdict::kUndecided), "undecided");
}

// The old model as the new one: no gain, and the strict criterion is not met.
TEST(Compatibility, IdenticalCellsGainExactlyNothing) {
  const CellScores cell = CellOf({.1, .9, .3, 1.0 / 3});
  const Compatibility result = JudgeCompatibility(cell, cell, .9, kFour, 1);
  EXPECT_EQ(result.gain.value, 0.0);
  EXPECT_EQ(result.gain.low, 0.0);
  EXPECT_EQ(result.gain.high, 0.0);
  EXPECT_EQ(*result.update_gain, 0.0);
  EXPECT_EQ(result.verdict, Verdict::kNo);
}

TEST(Compatibility, InvalidQueriesAreLeftOut) {
  const Compatibility result = JudgeCompatibility(
      CellOf({.5, -1, .5, .5}), CellOf({.75, -1, .75, .75}), std::nullopt, kFour, 1);
  EXPECT_EQ(result.gain.value, .25);
}

// Nothing can be resampled: a gain, but no interval, and so no verdict.
TEST(Compatibility, OneIdentityIsUndecided) {
  const std::vector<std::string> one(4, "a");
  const CellScores old_self = CellOf({.5, .5, .5, .5});
  for (const double ap : {.2, .9}) {
    const Compatibility result =
        JudgeCompatibility(old_self, CellOf({ap, ap, ap, ap}), std::nullopt, one, 1);
    EXPECT_NEAR(result.gain.value, ap - .5, 1e-15);
    EXPECT_FALSE(result.has_interval);
    EXPECT_EQ(result.verdict, Verdict::kUndecided) << ap;
  }
}

TEST(Compatibility, RefusesCellsThatDoNotFit) {
  const CellScores four = CellOf({.5, .5, .5, .5});
  EXPECT_THROW(JudgeCompatibility(four, CellOf({.5}), std::nullopt, kFour, 1), Error);
  EXPECT_THROW(JudgeCompatibility(four, four, std::nullopt, {"a"}, 1), Error);
  EXPECT_THROW(JudgeCompatibility(four, four, std::nan(""), kFour, 1), Error);
}

}  // namespace
}  // namespace bcr
