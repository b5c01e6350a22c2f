#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/eval/statistics/bootstrap.h"
#include "harness/eval/statistics/paired_test.h"
#include "tests/unit/eval/upgrade_test_util.h"

namespace bcr {
namespace {

using eval_test::Names;

ValueColumn Column(std::vector<double> values) {
  const size_t n = values.size();
  return {std::move(values), std::vector<bool>(n, true)};
}

std::vector<double> Draws(uint64_t seed, size_t n) {
  Random random(seed);
  std::vector<double> values;
  for (size_t i = 0; i < n; ++i) values.push_back(random.Uniform());
  return values;
}

// The loop as first released: stored records hold its bits.
std::vector<double> PlainResamples(const std::vector<double>& values,
                                   const std::vector<std::string>& groups, uint64_t seed, int n) {
  std::map<std::string, std::pair<double, double>> by_name;
  for (size_t i = 0; i < values.size(); ++i) {
    by_name[groups[i]].first += values[i];
    by_name[groups[i]].second += 1;
  }
  std::vector<std::pair<double, double>> sums;
  for (const auto& [name, sum] : by_name) sums.push_back(sum);
  Random random(DeriveSeed(seed, "bootstrap"));
  std::vector<double> means;
  for (int r = 0; r < n; ++r) {
    double sum = 0, count = 0;
    for (size_t k = 0; k < sums.size(); ++k) {
      const auto& drawn = sums[random.Below(sums.size())];
      sum += drawn.first;
      count += drawn.second;
    }
    means.push_back(sum / count);
  }
  std::sort(means.begin(), means.end());
  return means;
}

TEST(Bootstrap, KeepsTheBitsOfStoredRecords) {
  const std::vector<double> values = Draws(4, 137);
  const std::vector<std::string> groups = Names(137, 29);
  const std::vector<double> means = PlainResamples(values, groups, 9, 201);
  const Interval interval =
      BootstrapMean(values, std::vector<bool>(137, true), groups, 9, 201, 0.95);
  EXPECT_EQ(interval.low, means[5]);     // 0.025 * 200
  EXPECT_EQ(interval.high, means[195]);  // 0.975 * 200
}

TEST(Bootstrap, EveryStatisticSeesTheSameResamples) {
  const std::vector<std::string> groups = Names(90, 30);
  const ValueColumn a = Column(Draws(1, 90)), b = Column(Draws(2, 90));
  ValueColumn difference = a;
  for (size_t i = 0; i < 90; ++i) difference.values[i] -= b.values[i];
  const auto several =
      Bootstrap({a, b, difference}, groups, {MeanOf(0), MeanOf(1), DifferenceOf(0, 1), MeanOf(2)},
                {.seed = 3});
  const Interval alone = BootstrapMean(a.values, a.valid, groups, 3);
  EXPECT_EQ(*several[0].value, alone.value);
  EXPECT_EQ(*several[0].low, alone.low);
  EXPECT_EQ(*several[0].high, alone.high);
  EXPECT_NEAR(*several[2].value, *several[3].value, 1e-15);
  EXPECT_NEAR(*several[2].low, *several[3].low, 1e-14);
  EXPECT_NEAR(*several[2].high, *several[3].high, 1e-14);
  // Paired: far narrower than the two means' own intervals would make it.
  EXPECT_LT(*several[2].low, *several[2].value);
}

TEST(Bootstrap, ColumnsMayDifferInValidity) {
  ValueColumn a = Column({1, 0, 1, 0}), b = Column({.5, .5, .5, std::nan("")});
  b.valid[3] = false;
  const auto estimates = Bootstrap({a, b}, {"x", "y", "z", "w"}, {MeanOf(0), MeanOf(1)}, {});
  EXPECT_EQ(*estimates[0].value, .5);
  EXPECT_EQ(*estimates[1].value, .5);
  EXPECT_EQ(*estimates[1].low, .5);
  // Resamples that draw `w` alone have no second mean: one in 256.
  EXPECT_GT(estimates[1].undefined_resamples, 0);
  EXPECT_LT(estimates[1].undefined_resamples, 20);
}

Statistic Ratio() {
  return {[](std::span<const double> means) -> std::optional<double> {
            if (!(means[1] > 0)) return {};
            return means[0] / means[1];
          },
          "the denominator is not above 0",
          {}};
}

TEST(Bootstrap, RatioOfMeans) {
  const auto estimates =
      Bootstrap({Column({.2, .4, .3}), Column({.4, .8, .6})}, {"a", "b", "c"}, {Ratio()}, {});
  EXPECT_NEAR(*estimates[0].value, .5, 1e-15);
  EXPECT_NEAR(*estimates[0].low, .5, 1e-15);  // every query has this ratio
  EXPECT_NEAR(*estimates[0].high, .5, 1e-15);
  EXPECT_EQ(estimates[0].reason, "");
}

TEST(Bootstrap, UndefinedOnTheDataGivesAReasonAndNoNumber) {
  const auto estimates =
      Bootstrap({Column({1, 2}), Column({-1, 1})}, {"a", "b"}, {Ratio(), MeanOf(0)}, {});
  EXPECT_FALSE(estimates[0].value);
  EXPECT_FALSE(estimates[0].low);
  EXPECT_EQ(estimates[0].reason, "the denominator is not above 0");
  EXPECT_TRUE(estimates[1].low);
}

TEST(Bootstrap, TooManyUndefinedResamplesGiveNoInterval) {
  // A resample of the first identity alone (one in four) has no ratio.
  const auto data = std::vector<ValueColumn>{Column({1, 2}), Column({-1, 3})};
  const Estimate strict = Bootstrap(data, {"a", "b"}, {Ratio()}, {})[0];
  EXPECT_EQ(*strict.value, 1.5);
  EXPECT_FALSE(strict.low);
  EXPECT_FALSE(strict.high);
  EXPECT_NEAR(strict.undefined_resamples, 500, 100);
  EXPECT_NE(strict.reason.find("of 2000 resamples"), std::string::npos);
  const Estimate lax = Bootstrap(data, {"a", "b"}, {Ratio()}, {.most_undefined = .5})[0];
  EXPECT_TRUE(lax.low);
}

TEST(Bootstrap, OneIdentityHasAValueAndNoInterval) {
  const Estimate estimate = Bootstrap({Column({.1, .3})}, {"a", "a"}, {MeanOf(0)}, {})[0];
  EXPECT_NEAR(*estimate.value, .2, 1e-15);
  EXPECT_FALSE(estimate.low);
  EXPECT_NE(estimate.reason, "");
}

TEST(Bootstrap, RefusesWhatIsNotFinite) {
  EXPECT_THROW(Bootstrap({Column({1, std::nan("")})}, {"a", "b"}, {MeanOf(0)}, {}), Error);
  EXPECT_THROW(Bootstrap({Column({1, 2})}, {"a"}, {MeanOf(0)}, {}), Error);
  EXPECT_THROW(Bootstrap({Column({1}), {{1}, {false}}}, {"a"}, {MeanOf(0)}, {}), Error);
}

// Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17
// (1998), table I, method 3.
TEST(Wilson, PublishedIntervals) {
  const struct {
    double hits, n, low, high;
  } cases[] = {
      {81, 263, .2553, .3662}, {15, 148, .0624, .1605}, {0, 20, 0, .1611}, {1, 29, .0061, .1718}};
  for (const auto& c : cases) {
    const Interval interval = WilsonInterval(c.hits / c.n, c.n);
    EXPECT_NEAR(interval.low, c.low, 5e-5) << c.hits;
    EXPECT_NEAR(interval.high, c.high, 5e-5) << c.hits;
  }
  EXPECT_EQ(WilsonInterval(0, 20).low, 0);
  EXPECT_EQ(WilsonInterval(1, 20).high, 1);
  EXPECT_NEAR(WilsonInterval(1, 10).low, 0.7224672001371107, 1e-12);
  EXPECT_NEAR(WilsonInterval(.5, 10, .9).low, 0.2692718, 1e-6);
  EXPECT_THROW(WilsonInterval(1.5, 10), Error);
  EXPECT_THROW(WilsonInterval(.5, 0), Error);
}

TEST(Wilson, AllHitsHaveAnInterval) {
  // 60 queries of 20 identities, three each: 20 effective trials.
  const Estimate estimate =
      Bootstrap({Column(std::vector<double>(60, 1.0))}, Names(60, 20), {ShareOf(0)}, {})[0];
  EXPECT_EQ(*estimate.value, 1);
  EXPECT_EQ(*estimate.high, 1);
  EXPECT_NEAR(*estimate.low, 1 - .16112515805281938, 1e-12);
}

TEST(Wilson, UnequalIdentitiesCountForLess) {
  // One identity with 81 of 100 queries: Kish's (sum m)^2 / sum m^2 = 1.52.
  std::vector<std::string> groups(81, "many");
  for (int i = 0; i < 19; ++i) groups.push_back("one" + std::to_string(i));
  const Estimate estimate =
      Bootstrap({Column(std::vector<double>(100, 0.0))}, groups, {ShareOf(0)}, {})[0];
  const double n = 100.0 * 100 / (81 * 81 + 19);
  EXPECT_EQ(*estimate.low, 0);
  EXPECT_EQ(*estimate.high, WilsonInterval(0, n).high);
  EXPECT_GT(*estimate.high, .7);
}

TEST(Wilson, NeverNarrowerThanTheBootstrapAndOnlyAtTheEdges) {
  for (const size_t misses : {0, 1, 3, 9, 10, 30, 90, 91, 100}) {
    std::vector<double> values(100, 1.0);
    for (size_t i = 0; i < misses; ++i) values[i] = 0;
    const auto both =
        Bootstrap({Column(values)}, Names(100, 100), {MeanOf(0), ShareOf(0)}, {.seed = misses});
    EXPECT_LE(*both[1].low, *both[0].low) << misses;
    EXPECT_GE(*both[1].high, *both[0].high) << misses;
    EXPECT_EQ(*both[1].value, *both[0].value);
    const bool edge = misses < kEdgeIdentities || 100 - misses < kEdgeIdentities;
    EXPECT_EQ(*both[1].high - *both[1].low != *both[0].high - *both[0].low, edge) << misses;
  }
}

TEST(Wilson, OneIdentityIsOneTrial) {
  const Estimate estimate = Bootstrap({Column({1, 1, 1})}, {"a", "a", "a"}, {ShareOf(0)}, {})[0];
  EXPECT_EQ(*estimate.low, WilsonInterval(1, 1).low);
  EXPECT_EQ(*estimate.high, 1);
}

TEST(PairedTest, CountsAllSignsOfFewIdentities) {
  // Five identities, all better: two of 32 patterns are as extreme.
  const ValueColumn first = Column({.1, .2, .3, .4, .5}), second = Column({.2, .3, .5, .5, .9});
  const PairedTest test = ComparePaired(first, second, {"a", "b", "c", "d", "e"}, {});
  EXPECT_TRUE(test.exact);
  EXPECT_EQ(test.patterns, 32U);
  EXPECT_EQ(test.p_value, 2.0 / 32);
  EXPECT_NEAR(*test.difference.value, .18, 1e-15);
  EXPECT_EQ(test.queries, 5U);
  EXPECT_EQ(test.identities, 5U);
  const PairedTest reverse = ComparePaired(second, first, {"a", "b", "c", "d", "e"}, {});
  EXPECT_EQ(reverse.p_value, test.p_value);
  EXPECT_NEAR(*reverse.difference.value, -.18, 1e-15);
}

// Differences 3, 1, -1: |sum| >= 3 for +++ (5), ++-, +-+ (3) and their mirrors: 6 of 8.
TEST(PairedTest, TiesOfThePermutedSumCount) {
  const PairedTest test = ComparePaired(Column({0, 0, 1}), Column({3, 1, 0}), {"a", "b", "c"}, {});
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
  const ValueColumn same = Column({.5, .25, .75});
  const PairedTest test = ComparePaired(same, same, {"a", "b", "c"}, {});
  EXPECT_EQ(test.p_value, 1);
  EXPECT_EQ(*test.difference.low, 0);
  EXPECT_EQ(*test.difference.high, 0);
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
  const PairedTest test =
      ComparePaired(Column(first), Column(second), Names(300, 300), {.seed = 1}, 100000);
  EXPECT_FALSE(test.exact);
  EXPECT_NEAR(test.p_value, normal, .1 * normal + .002);
  const PairedTest again =
      ComparePaired(Column(first), Column(second), Names(300, 300), {.seed = 1}, 100000);
  EXPECT_EQ(test.p_value, again.p_value);
}

TEST(PairedTest, DrawnPatternsNeverGiveZero) {
  const PairedTest test = ComparePaired(Column(std::vector<double>(60, 0.0)),
                                        Column(std::vector<double>(60, 1.0)), Names(60, 60), {});
  EXPECT_EQ(test.p_value, 1.0 / 10001);
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
