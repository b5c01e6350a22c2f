#include "harness/eval/statistics/estimate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/eval/statistics/bounded_mean.h"
#include "harness/eval/statistics/group_table.h"
#include "harness/eval/statistics/quantiles.h"
#include "tests/unit/eval/upgrade_test_util.h"

namespace bcr {
namespace {

using eval_test::Column;
using eval_test::Names;

std::vector<double> Draws(uint64_t seed, size_t n) {
  Random random(seed);
  std::vector<double> values;
  for (size_t i = 0; i < n; ++i) values.push_back(random.Uniform());
  return values;
}

Estimate One(const std::vector<double>& values, const std::vector<std::string>& groups,
             const Statistic& statistic) {
  return EstimateAll({Column(values)}, groups, {statistic}, {}).front();
}

TEST(Quantiles, KnownValues) {
  EXPECT_NEAR(IncompleteBeta(2, 3, .5), .6875, 1e-14);
  EXPECT_NEAR(IncompleteBeta(.5, .5, .25), 1. / 3, 1e-13);
  EXPECT_NEAR(IncompleteBeta(400, 600, .4), .5017170329935122, 1e-11);
  EXPECT_NEAR(TwoSidedNormal(.95), 1.959963984540054, 1e-12);
  EXPECT_NEAR(TwoSidedStudent(.95, 1), 12.706204736432095, 1e-9);
  EXPECT_NEAR(TwoSidedStudent(.95, 9), 2.2621571627982053, 1e-12);
  EXPECT_NEAR(TwoSidedStudent(.95, 1e7), TwoSidedNormal(.95), 1e-6);
}

// Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17
// (1998), table I, methods 3 and 6.
TEST(Shares, PublishedIntervals) {
  const struct {
    double hits, n, wilson[2], mid_p[2];
  } cases[] = {{81, 263, {.2553, .3662}, {.2544, .3658}},
               {15, 148, {.0624, .1605}, {.0601, .1581}},
               {0, 20, {0, .1611}, {0, .1391}},
               {1, 29, {.0061, .1718}, {.0017, .1585}}};
  for (const auto& c : cases) {
    const Interval wilson = WilsonInterval(c.hits / c.n, c.n);
    const Interval mid_p = MidPInterval(c.hits / c.n, c.n);
    EXPECT_NEAR(wilson.low, c.wilson[0], 5e-5) << c.hits;
    EXPECT_NEAR(wilson.high, c.wilson[1], 5e-5) << c.hits;
    EXPECT_NEAR(mid_p.low, c.mid_p[0], 5e-5) << c.hits;
    EXPECT_NEAR(mid_p.high, c.mid_p[1], 5e-5) << c.hits;
  }
  for (const auto& interval : {WilsonInterval, MidPInterval}) {
    EXPECT_EQ(interval(0, 20, .95).low, 0);
    EXPECT_EQ(interval(1, 20, .95).high, 1);
    EXPECT_THROW(interval(1.5, 10, .95), Error);
    EXPECT_THROW(interval(.5, 0, .95), Error);
    EXPECT_THROW(interval(.5, 10, 1), Error);
  }
}

// n independent queries of n people are n trials; k queries each that always agree are n as well.
TEST(Shares, QueriesOfOnePersonCountByHowTheyAgree) {
  std::vector<double> hits, alike;
  for (size_t i = 0; i < 1000; ++i) hits.push_back(i % 3 == 0 ? 1 : 0);
  for (size_t i = 0; i < 3000; ++i) alike.push_back(hits[i % 1000]);
  const GroupTable single({Column(hits)}, Names(1000, 1000));
  const GroupTable triple({Column(alike)}, Names(3000, 1000));
  EXPECT_NEAR(TrialsOf(single, 0, 0, 1, kSharePrior).n, 1000, 10);
  EXPECT_NEAR(TrialsOf(triple, 0, 0, 1, kSharePrior).n, 1000, 10);
  EXPECT_NEAR(TrialsOf(triple, 0, 0, 1, kSharePrior).identities, 1000, 1e-9);
}

TEST(Shares, AllHitsAreNotCertain) {
  // Twelve people, one query each: nothing is known of how queries of one person agree.
  const Estimate all = One(std::vector<double>(12, 1.0), Names(12, 12), ShareOf(0));
  EXPECT_EQ(*all.value, 1);
  EXPECT_EQ(*all.high, 1);
  const double t = TwoSidedStudent(.95, 11) / TwoSidedNormal(.95);
  EXPECT_NEAR(*all.low, std::pow(.05, t * t / 12), 1e-9);
  const Estimate one = One({1, 1, 1}, {"a", "a", "a"}, ShareOf(0));
  EXPECT_NEAR(*one.low, .05, 1e-9) << "one identity is one trial";
}

TEST(Shares, OneBusyIdentityCountsForLess) {
  std::vector<std::string> groups(81, "many");
  for (int i = 0; i < 19; ++i) groups.push_back("one" + std::to_string(i));
  const Estimate busy = One(std::vector<double>(100, 0.0), groups, ShareOf(0));
  const Estimate even = One(std::vector<double>(100, 0.0), Names(100, 20), ShareOf(0));
  EXPECT_GT(*busy.high, 2 * *even.high);
}

// The interval of a mean of n independent values is mean -+ 1.96 sd / sqrt(n).
TEST(Levels, AgreeWithTheNormalIntervalOfManyIdentities) {
  const std::vector<double> values = Draws(3, 4000);
  double sum = 0, squares = 0;
  for (const double value : values) {
    sum += value;
    squares += value * value;
  }
  const double n = 4000, error = std::sqrt((squares / n - sum / n * sum / n) / n);
  const Estimate level = One(values, Names(4000, 4000), LevelOf(0));
  EXPECT_NEAR(*level.low, sum / n - 1.96 * error, .02 * error);
  EXPECT_NEAR(*level.high, sum / n + 1.96 * error, .02 * error);
  // The same values carried to [-1, 0].
  std::vector<double> below(values);
  for (double& value : below) value -= 1;
  const Estimate moved = One(below, Names(4000, 4000), LevelOf(0, -1, 0));
  EXPECT_NEAR(*moved.low, *level.low - 1, 1e-12);
  EXPECT_NEAR(*moved.high, *level.high - 1, 1e-12);
}

TEST(Levels, GroupsWidenTheInterval) {
  std::vector<double> values;
  std::vector<std::string> together, apart;
  for (int i = 0; i < 400; ++i) {
    values.push_back(i / 20 % 2);  // queries of one identity agree
    together.push_back(std::to_string(i / 20));
    apart.push_back(std::to_string(i));
  }
  const Estimate wide = One(values, together, LevelOf(0)), narrow = One(values, apart, LevelOf(0));
  EXPECT_GT(*wide.high - *wide.low, 3 * (*narrow.high - *narrow.low));
}

TEST(Levels, StayWithinTheirBoundsAndAroundTheirValue) {
  for (const double value : {0.0, 1e-9, .5, 1 - 1e-9, 1.0}) {
    const Estimate level = One(std::vector<double>(12, value), Names(12, 6), LevelOf(0));
    EXPECT_LE(0, *level.low) << value;
    EXPECT_LE(*level.low, *level.value) << value;
    EXPECT_LE(*level.value, *level.high) << value;
    EXPECT_LE(*level.high, 1) << value;
  }
}

// Six identities gain 1/8 ... 6/8: two of 64 patterns of signs are as extreme, so the ends of the
// interval are the least and the greatest mean of a half.
TEST(Differences, AreCountedExactlyWhereIdentitiesAreFew) {
  const ValueColumn now = Column({.125, .25, .375, .5, .625, .75});
  const ValueColumn before = Column(std::vector<double>(6, 0.0));
  const Estimate gain = EstimateAll({now, before}, Names(6, 6), {DifferenceOf(0, 1)}, {}).front();
  EXPECT_EQ(*gain.low, .125);
  EXPECT_EQ(*gain.high, .75);
  EXPECT_EQ(*gain.p_value, 2.0 / 64);
}

TEST(Differences, OfManyAgreeWithTheNormalInterval) {
  std::vector<double> now = Draws(8, 1000), before = Draws(9, 1000);
  double sum = 0, squares = 0;
  for (size_t i = 0; i < 1000; ++i) {
    sum += now[i] - before[i];
    squares += (now[i] - before[i]) * (now[i] - before[i]);
  }
  const double error = std::sqrt((squares / 1000 - sum / 1000 * sum / 1000) / 1000);
  const Estimate gain = EstimateAll({Column(now), Column(before)}, Names(1000, 1000),
                                    {DifferenceOf(0, 1)}, {.seed = 2, .resamples = 20000})
                            .front();
  EXPECT_NEAR(*gain.low, sum / 1000 - 1.96 * error, .06 * error);
  EXPECT_NEAR(*gain.high, sum / 1000 + 1.96 * error, .06 * error);
}

// Interval and p-value come from one set of half-samples: neither says what the other does not.
TEST(Differences, IntervalAndPValueAlwaysAgree) {
  Random random(5);
  size_t decided = 0;
  for (uint64_t seed = 0; seed < 400; ++seed) {
    const size_t identities = 2 + random.Below(40), n = identities * 2;
    const double shift = .3 * random.Uniform(), kept = random.Uniform();
    std::vector<double> before(n), now(n);
    for (size_t i = 0; i < n; ++i) {
      before[i] = random.Uniform();
      now[i] = random.Chance(kept) ? before[i] : std::min(1.0, random.Uniform() + shift);
    }
    const Estimate gain = EstimateAll({Column(now), Column(before)}, Names(n, identities),
                                      {DifferenceOf(0, 1)}, {.seed = seed, .resamples = 500})
                              .front();
    ASSERT_TRUE(gain.low && gain.p_value);
    const bool outside = *gain.low > 0 || *gain.high < 0;
    EXPECT_EQ(outside, *gain.p_value <= .05) << seed << ": " << *gain.low << ", " << *gain.high;
    EXPECT_LE(*gain.low, *gain.value) << seed;
    EXPECT_GE(*gain.high, *gain.value) << seed;
    decided += outside ? 1 : 0;
  }
  EXPECT_GT(decided, 50U);
  EXPECT_LT(decided, 350U);
}

TEST(Differences, FewThatDifferDecideNothing) {
  // Thirty people found at once by both models, but for five who gain everything.
  std::vector<double> before(30, 1.0), now(30, 1.0);
  for (size_t i = 0; i < 5; ++i) before[i] = 0;
  const Estimate gain =
      EstimateAll({Column(now), Column(before)}, Names(30, 30), {DifferenceOf(0, 1)}, {}).front();
  EXPECT_EQ(*gain.p_value, 2.0 / 32);
  EXPECT_LE(*gain.low, 0);
  EXPECT_GT(*gain.high, .3);
}

// The values of a change are negative too: the same five people, now of a gain from -1 to 0.
TEST(Differences, OfChangesAreNotBoundedBy0) {
  std::vector<double> before(30, 0.0);
  std::fill_n(before.begin(), 5, -1.0);
  const Estimate gain = EstimateAll({Column(std::vector<double>(30, 0.0)), Column(before)},
                                    Names(30, 30), {DifferenceOf(0, 1)}, {})
                            .front();
  EXPECT_GT(*gain.high, .3);
}

// Where both find everybody, the next person may still be found by one of them alone; where the
// values could differ and do not, the models are one.
TEST(Differences, NoneAtTheCeilingIsNoProofOfNone) {
  const ValueColumn ones = Column(std::vector<double>(30, 1.0));
  const Estimate ceiling =
      EstimateAll({ones, ones}, Names(30, 30), {DifferenceOf(0, 1)}, {}).front();
  EXPECT_LT(*ceiling.low, -.05);
  EXPECT_GT(*ceiling.high, .05);
  EXPECT_EQ(*ceiling.p_value, 1);
  const ValueColumn inside = Column(Draws(1, 30));
  const Estimate same =
      EstimateAll({inside, inside}, Names(30, 30), {DifferenceOf(0, 1)}, {}).front();
  EXPECT_EQ(*same.low, 0);
  EXPECT_EQ(*same.high, 0);
  EXPECT_EQ(*same.p_value, 1);
  EXPECT_TRUE(ceiling.few);
  EXPECT_FALSE(same.few);
}

// Thirty people: a mean is marked where fewer than ten of them have a miss, a difference where fewer
// than twenty differ, and both where the thirty count for fewer than twenty.
TEST(Estimates, MarksWhatRestsOnFew) {
  const auto misses = [](size_t n) {
    std::vector<double> values(30, 1.0);
    std::fill_n(values.begin(), n, 0.0);
    return values;
  };
  const std::vector<std::string> even = Names(30, 30);
  for (const Statistic& mean : {LevelOf(0), ShareOf(0)}) {
    EXPECT_TRUE(One(misses(9), even, mean).few);
    EXPECT_FALSE(One(misses(10), even, mean).few);
    EXPECT_FALSE(One(misses(20), even, mean).few);
    EXPECT_TRUE(One(misses(21), even, mean).few) << "nine have a hit";
  }
  const auto difference = [&](size_t n, const std::vector<std::string>& groups) {
    return EstimateAll({Column(misses(n)), Column(misses(0))}, groups, {DifferenceOf(0, 1)}, {})
        .front()
        .few;
  };
  EXPECT_TRUE(difference(19, even));
  EXPECT_FALSE(difference(20, even));
  std::vector<std::string> uneven = even;
  std::fill_n(uneven.begin(), 12, "busy");
  EXPECT_TRUE(One(Draws(3, 30), uneven, LevelOf(0)).few);
  EXPECT_FALSE(One(Draws(3, 30), even, LevelOf(0)).few);
}

TEST(Estimates, DeterministicInTheSeedAndIndifferentToRowOrder) {
  const size_t n = 60;
  const std::vector<double> now = Draws(1, n), before = Draws(2, n);
  const std::vector<std::string> groups = Names(n, 20);
  const auto estimate = [&](bool reversed, uint64_t seed) {
    std::vector<double> a = now, b = before;
    std::vector<std::string> names = groups;
    if (reversed) {
      std::reverse(a.begin(), a.end());
      std::reverse(b.begin(), b.end());
      std::reverse(names.begin(), names.end());
    }
    return EstimateAll({Column(a), Column(b)}, names, {DifferenceOf(0, 1)}, {.seed = seed})[0];
  };
  const Estimate first = estimate(false, 8), again = estimate(false, 8), moved = estimate(true, 8);
  EXPECT_EQ(first.low, again.low);
  EXPECT_EQ(first.high, again.high);
  EXPECT_NEAR(*first.low, *moved.low, 1e-14);
  EXPECT_NEAR(*first.high, *moved.high, 1e-14);
  EXPECT_NE(first.low, estimate(false, 9).low);
}

TEST(Estimates, ColumnsMayDifferInValidity) {
  ValueColumn a = Column({1, 0, 1, 0}), b = Column({.5, .5, .5, std::nan("")});
  b.valid[3] = false;
  const auto estimates = EstimateAll({a, b}, {"x", "y", "z", "w"}, {LevelOf(0), LevelOf(1)}, {});
  EXPECT_EQ(*estimates[0].value, .5);
  EXPECT_EQ(*estimates[1].value, .5);
}

Statistic Ratio() {
  return {[](std::span<const double> means) -> std::optional<double> {
            if (!(means[1] > 0)) return {};
            return means[0] / means[1];
          },
          "the denominator is not above 0",
          {},
          {},
          {}};
}

TEST(Estimates, RatioOfMeans) {
  const auto estimates =
      EstimateAll({Column({.2, .4, .3, .1, .2, .3}), Column({.4, .8, .6, .2, .4, .6})}, Names(6, 6),
                  {Ratio()}, {});
  EXPECT_NEAR(*estimates[0].value, .5, 1e-15);
  EXPECT_NEAR(*estimates[0].low, .5, 1e-15);  // every query has this ratio
  EXPECT_NEAR(*estimates[0].high, .5, 1e-15);
  EXPECT_EQ(estimates[0].reason, "");
}

TEST(Estimates, UndefinedOnTheDataGivesAReasonAndNoNumber) {
  const auto estimates =
      EstimateAll({Column({1, 0}), Column({-1, 1})}, {"a", "b"}, {Ratio(), LevelOf(0)}, {});
  EXPECT_FALSE(estimates[0].value);
  EXPECT_FALSE(estimates[0].low);
  EXPECT_EQ(estimates[0].reason, "the denominator is not above 0");
  EXPECT_TRUE(estimates[1].low);
}

TEST(Estimates, TooManyUndefinedHalvesGiveNoInterval) {
  // The first identity alone, one of 127 halves, has no ratio, and more with it do not.
  std::vector<double> above(7, 1.0), below(7, 1.0);
  below[0] = -2;
  const auto data = std::vector<ValueColumn>{Column(above), Column(below)};
  const Estimate strict = EstimateAll(data, Names(7, 7), {Ratio()}, {})[0];
  EXPECT_TRUE(strict.value);
  EXPECT_FALSE(strict.low);
  EXPECT_GT(strict.undefined_resamples, 1);
  EXPECT_NE(strict.reason.find("of 127 half-samples"), std::string::npos) << strict.reason;
  EXPECT_TRUE(EstimateAll(data, Names(7, 7), {Ratio()}, {.most_undefined = .5})[0].low);
}

TEST(Estimates, FewerThanSixIdentitiesGiveNoIntervalOfARatio) {
  const Estimate ratio =
      EstimateAll({Column({.2, .4, .3}), Column({.4, .8, .5})}, {"a", "b", "c"}, {Ratio()}, {})[0];
  EXPECT_TRUE(ratio.value);
  EXPECT_FALSE(ratio.low);
  EXPECT_NE(ratio.reason, "");
}

TEST(Estimates, OneIdentityHasAValueAndNoInterval) {
  const Estimate estimate = One({.1, .3}, {"a", "a"}, LevelOf(0));
  EXPECT_NEAR(*estimate.value, .2, 1e-15);
  EXPECT_FALSE(estimate.low);
  EXPECT_NE(estimate.reason, "");
}

TEST(Estimates, RefusesWhatHasNoAnswer) {
  EXPECT_THROW(One({1, std::nan("")}, {"a", "b"}, LevelOf(0)), Error);
  EXPECT_THROW(One({1, 2}, {"a"}, LevelOf(0)), Error);
  EXPECT_THROW(EstimateAll({Column({1}), {{1}, {false}}}, {"a"}, {LevelOf(0)}, {}), Error);
  EXPECT_THROW(EstimateAll({Column({1})}, {"a"}, {LevelOf(0)}, {.resamples = 0}), Error);
  EXPECT_THROW(EstimateAll({Column({1})}, {"a"}, {LevelOf(0)}, {.level = 1.0}), Error);
}

}  // namespace
}  // namespace bcr
