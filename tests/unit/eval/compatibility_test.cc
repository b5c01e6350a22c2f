#include "harness/eval/upgrade/compatibility.h"

#include <gtest/gtest.h>

#include <cmath>

#include "harness/core/error.h"
#include "harness/metrics/upgrade_scores.h"

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
const std::vector<std::string> kSix = {"a", "b", "c", "d", "e", "f"};

Estimate GainOf(const CellScores& old_self, const CellScores& cross) {
  return PairedGain(old_self, cross, kFour, {.seed = 1});
}

// The update gain as a record states it: from the paired gain and the means of the self-tests.
std::optional<double> UpdateGainOf(const std::vector<double>& old_self,
                                   const std::vector<double>& cross, double paragon) {
  return UpdateGain(*GainOf(CellOf(old_self), CellOf(cross)).value, CellOf(old_self).map_hits,
                    paragon);
}

TEST(Compatibility, UpdateGainExample) {
  const Estimate gain = GainOf(CellOf({.55, .55, .55, .55}), CellOf({.62, .62, .62, .62}));
  EXPECT_NEAR(*gain.value, .07, 1e-15);
  EXPECT_EQ(JudgeGain(gain), Verdict::kUndecided) << "two of sixteen patterns of four signs";
  const auto update = UpdateGainOf({.55, .55, .55, .55}, {.62, .62, .62, .62}, .80);
  ASSERT_TRUE(update.has_value());
  EXPECT_NEAR(*update, 0.28, 1e-14);
}

TEST(Compatibility, NoUpdateGainWithoutRoom) {
  const std::vector<double> cell = {.5, .5, .5, .5};
  EXPECT_FALSE(UpdateGain(CellMeans{.5, .5, {}, {}}).has_value());
  for (const double paragon : {.5, .4, std::nan("")}) {
    EXPECT_FALSE(UpdateGainOf(cell, cell, paragon).has_value()) << paragon;
  }
}

TEST(Compatibility, UpdateGainIsNotClipped) {
  EXPECT_EQ(*UpdateGainOf({.5, .5, .5, .5}, {.25, .25, .25, .25}, .75), -1.0);
  EXPECT_EQ(*UpdateGainOf({.25, .25, .25, .25}, {1, 1, 1, 1}, .5), 3.0);
}

TEST(Compatibility, Verdicts) {
  const CellScores old_self = CellOf(std::vector<double>(6, .5));
  const auto verdict = [&](const std::vector<double>& cross) {
    return JudgeGain(PairedGain(old_self, CellOf(cross), kSix, {.seed = 1}));
  };
  EXPECT_EQ(verdict({.6, .7, .6, .7, .6, .7}), Verdict::kYes);
  EXPECT_EQ(verdict({.4, .3, .4, .3, .4, .3}), Verdict::kNo);
  EXPECT_EQ(verdict({.9, .1, .9, .1, .9, .1}), Verdict::kUndecided);
  EXPECT_STREQ(VerdictName(Verdict::kYes), "yes");
  EXPECT_STREQ(VerdictName(Verdict::kNo), "no");
  EXPECT_STREQ(VerdictName(Verdict::kUndecided), "undecided");
}

// The old model as the new one: no gain, and the strict criterion is not met.
TEST(Compatibility, IdenticalCellsGainExactlyNothing) {
  const std::vector<double> ap = {.1, .9, .3, 1.0 / 3, .2, .7};
  const Estimate gain = PairedGain(CellOf(ap), CellOf(ap), kSix, {.seed = 1});
  EXPECT_EQ(gain.value, 0.0);
  EXPECT_EQ(gain.low, 0.0);
  EXPECT_EQ(gain.high, 0.0);
  EXPECT_EQ(UpdateGain(*gain.value, CellOf(ap).map_hits, .9), 0.0);
  EXPECT_EQ(JudgeGain(gain), Verdict::kNo);
}

// Both find everybody: the next person may be found by one of them alone.
TEST(Compatibility, NoGainAtTheCeilingIsUndecided) {
  const std::vector<double> ap(6, 1.0);
  EXPECT_EQ(JudgeGain(PairedGain(CellOf(ap), CellOf(ap), kSix, {.seed = 1})), Verdict::kUndecided);
}

TEST(Compatibility, InvalidQueriesAreLeftOut) {
  EXPECT_EQ(GainOf(CellOf({.5, -1, .5, .5}), CellOf({.75, -1, .75, .75})).value, .25);
}

// Nothing can be resampled: a gain, but no interval, and so no verdict.
TEST(Compatibility, OneIdentityIsUndecided) {
  const std::vector<std::string> one(4, "a");
  const CellScores old_self = CellOf({.5, .5, .5, .5});
  for (const double ap : {.2, .9}) {
    const Estimate gain = PairedGain(old_self, CellOf({ap, ap, ap, ap}), one, {.seed = 1});
    EXPECT_NEAR(*gain.value, ap - .5, 1e-15);
    EXPECT_FALSE(gain.low.has_value());
    EXPECT_FALSE(gain.high.has_value());
    EXPECT_EQ(JudgeGain(gain), Verdict::kUndecided) << ap;
  }
}

TEST(Compatibility, RefusesCellsThatDoNotFit) {
  const CellScores four = CellOf({.5, .5, .5, .5});
  EXPECT_THROW(PairedGain(four, CellOf({.5}), kFour, {}), Error);
  EXPECT_THROW(PairedGain(four, four, {"a"}, {}), Error);
}

}  // namespace
}  // namespace bcr
