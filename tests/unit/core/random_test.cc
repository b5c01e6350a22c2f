#include "harness/core/random.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <numeric>
#include <set>

namespace bcr {
namespace {

TEST(Random, IsXoshiro256StarStar) {
  // Seed 0 through splitmix64, as other implementations of the published pair give it
  // (rand_xoshiro's seed_from_u64).
  Random zero(0);
  EXPECT_EQ(zero.Next(), 11091344671253066420ULL);
  EXPECT_EQ(zero.Next(), 13793997310169335082ULL);
  EXPECT_EQ(zero.Next(), 1900383378846508768ULL);
  EXPECT_EQ(zero.Next(), 7684712102626143532ULL);
  EXPECT_EQ(zero.Next(), 13521403990117723737ULL);
  Random other(42);
  EXPECT_EQ(other.Next(), 1546998764402558742ULL);
  EXPECT_EQ(other.Next(), 6990951692964543102ULL);
}

TEST(Random, SeedsAreIndependent) {
  std::set<uint64_t> first;
  for (uint64_t seed = 0; seed < 1000; ++seed) first.insert(Random(seed).Next());
  EXPECT_EQ(first.size(), 1000U);
}

TEST(DeriveSeed, FrozenValues) {
  // Every stored result depends on these.
  EXPECT_EQ(DeriveSeed(7, "init"), 15311921316969962162ULL);
  EXPECT_EQ(DeriveSeed(7, "sampler"), 5354545610978002810ULL);
  EXPECT_EQ(DeriveSeed(0, ""), 786106495397876466ULL);
  EXPECT_EQ(DeriveSeed(1, uint64_t{0}), 6791897765849424158ULL);
  EXPECT_EQ(DeriveSeed(1, uint64_t{1}), 834844254806117752ULL);
  EXPECT_EQ(DeriveSeed(0, uint64_t{1}), 7141179953334974231ULL);
}

TEST(DeriveSeed, StreamsAndIndicesDiffer) {
  std::set<uint64_t> seeds;
  for (uint64_t seed = 0; seed < 50; ++seed) {
    for (const char* name : {"", "init", "sampler", "augment", "initt"}) {
      seeds.insert(DeriveSeed(seed, name));
    }
    for (uint64_t index = 0; index < 50; ++index) seeds.insert(DeriveSeed(seed, index));
  }
  EXPECT_EQ(seeds.size(), 50U * 55U);
}

// Chi-square of `counts` against equal expectation.
double ChiSquare(const std::vector<int>& counts) {
  const double total = std::accumulate(counts.begin(), counts.end(), 0.0);
  const double expected = total / static_cast<double>(counts.size());
  double sum = 0.0;
  for (const int count : counts) sum += (count - expected) * (count - expected) / expected;
  return sum;
}

TEST(Random, BelowIsUniform) {
  for (const uint64_t n : {2, 6, 10}) {
    Random random(n);
    std::vector<int> counts(n);
    for (int i = 0; i < 100000; ++i) ++counts[random.Below(n)];
    EXPECT_LT(ChiSquare(counts), 29.6) << n;  // the 0.1 % point for 10 degrees of freedom
  }
  EXPECT_EQ(Random(1).Below(1), 0U);
}

TEST(Random, BelowReachesLargeRanges) {
  Random random(5);
  const uint64_t n = (uint64_t{1} << 63) + 1;  // half of all draws are rejected
  double mean = 0.0;
  for (int i = 0; i < 10000; ++i) {
    const uint64_t value = random.Below(n);
    ASSERT_LT(value, n);
    mean += static_cast<double>(value) / static_cast<double>(n) / 10000.0;
  }
  EXPECT_NEAR(mean, 0.5, 0.012);  // four standard errors
}

TEST(Random, UniformIsUniform) {
  Random random(11);
  std::vector<int> counts(20);
  for (int i = 0; i < 100000; ++i) {
    const double value = random.Uniform();
    ASSERT_GE(value, 0.0);
    ASSERT_LT(value, 1.0);
    ++counts[static_cast<size_t>(value * 20)];
  }
  EXPECT_LT(ChiSquare(counts), 43.8);  // the 0.1 % point for 19 degrees of freedom
}

TEST(Random, UniformStaysInItsInterval) {
  Random random(3);
  const double low = 1.0, high = std::nextafter(1.0, 2.0);
  for (int i = 0; i < 1000; ++i) {
    const double value = random.Uniform(low, high);
    EXPECT_EQ(value, low);  // the only value in [low, high)
  }
  EXPECT_EQ(random.Uniform(2.0, 2.0), 2.0);
}

TEST(Random, NormalHasItsMoments) {
  Random random(19);
  constexpr int kDraws = 200000;
  double sum = 0.0, squares = 0.0, fourths = 0.0;
  for (int i = 0; i < kDraws; ++i) {
    const double value = random.Normal();
    ASSERT_TRUE(std::isfinite(value));
    sum += value;
    squares += value * value;
    fourths += value * value * value * value;
  }
  EXPECT_NEAR(sum / kDraws, 0.0, 0.009);  // four standard errors each
  EXPECT_NEAR(squares / kDraws, 1.0, 0.013);
  EXPECT_NEAR(fourths / kDraws, 3.0, 0.09);
}

TEST(Random, ChanceFollowsItsProbability) {
  Random random(23);
  int hits = 0;
  for (int i = 0; i < 100000; ++i) hits += random.Chance(0.3) ? 1 : 0;
  EXPECT_NEAR(hits / 100000.0, 0.3, 0.006);
  EXPECT_FALSE(random.Chance(0.0));
  EXPECT_TRUE(random.Chance(1.0));
}

TEST(Random, ShuffleGivesEveryOrder) {
  Random random(29);
  std::vector<int> counts(6);
  for (int i = 0; i < 60000; ++i) {
    std::vector<int> items = {0, 1, 2};
    random.Shuffle(items);
    ++counts[static_cast<size_t>(items[0] * 2 + (items[1] > items[2] ? 1 : 0))];
  }
  EXPECT_LT(ChiSquare(counts), 20.5);  // the 0.1 % point for 5 degrees of freedom
  std::vector<int> none;
  random.Shuffle(none);
  EXPECT_TRUE(none.empty());
}

TEST(RandomDeathTest, BelowZeroIsABug) { EXPECT_DEATH(Random(1).Below(0), "Below"); }

}  // namespace
}  // namespace bcr
