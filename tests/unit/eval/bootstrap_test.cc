#include "harness/eval/statistics/bootstrap.h"

#include <gtest/gtest.h>

#include <cmath>

#include "harness/core/error.h"
#include "harness/core/random.h"

namespace bcr {
namespace {

TEST(Bootstrap, PairedDifferenceOfIdenticalCellsIsExactlyZero) {
  const std::vector<double> zeros(30, 0.0);
  std::vector<std::string> groups;
  for (int i = 0; i < 30; ++i) groups.push_back(std::to_string(i % 7));
  const Interval interval = BootstrapMean(zeros, std::vector<bool>(30, true), groups, 1);
  EXPECT_EQ(interval.value, 0.0);
  EXPECT_EQ(interval.low, 0.0);
  EXPECT_EQ(interval.high, 0.0);
}

// Two identities of 1 and 3 queries: a resample's mean is 1, 1/4 or 0 with odds 1 : 2 : 1.
TEST(Bootstrap, TwoGroups) {
  const std::vector<double> values = {1, 0, 0, 0};
  const std::vector<std::string> groups = {"a", "b", "b", "b"};
  const std::vector<bool> valid(4, true);
  const Interval wide = BootstrapMean(values, valid, groups, 5);
  EXPECT_EQ(wide.value, 0.25);
  EXPECT_EQ(wide.low, 0.0);
  EXPECT_EQ(wide.high, 1.0);
  const Interval narrow = BootstrapMean(values, valid, groups, 5, 2000, 0.4);
  EXPECT_EQ(narrow.low, 0.25);
  EXPECT_EQ(narrow.high, 0.25);
}

// The interval of a mean of n independent values is mean -+ 1.96 sd / sqrt(n).
TEST(Bootstrap, AgreesWithTheNormalInterval) {
  Random random(3);
  const int n = 400;
  std::vector<double> values;
  std::vector<std::string> groups;
  double sum = 0, squares = 0;
  for (int i = 0; i < n; ++i) {
    values.push_back(random.Normal());
    groups.push_back(std::to_string(i));
    sum += values.back();
    squares += values.back() * values.back();
  }
  const double error = std::sqrt((squares / n - sum / n * sum / n) / n);
  const Interval interval =
      BootstrapMean(values, std::vector<bool>(n, true), groups, 11, 20000, 0.95);
  EXPECT_NEAR(interval.low, sum / n - 1.96 * error, 0.1 * error);
  EXPECT_NEAR(interval.high, sum / n + 1.96 * error, 0.1 * error);
}

TEST(Bootstrap, GroupsWidenTheInterval) {
  std::vector<double> values;
  std::vector<std::string> together, apart;
  for (int i = 0; i < 200; ++i) {
    values.push_back(i / 20 % 2);  // queries of one identity agree
    together.push_back(std::to_string(i / 20));
    apart.push_back(std::to_string(i));
  }
  const std::vector<bool> valid(200, true);
  const Interval wide = BootstrapMean(values, valid, together, 2);
  const Interval narrow = BootstrapMean(values, valid, apart, 2);
  EXPECT_GT(wide.high - wide.low, 2 * (narrow.high - narrow.low));
}

TEST(Bootstrap, DeterministicInTheSeedAndIndifferentToRowOrder) {
  const std::vector<double> values = {.5, .25, 1, .125, 0};
  const std::vector<std::string> groups = {"c", "a", "b", "a", "d"};
  const std::vector<bool> valid(5, true);
  const Interval first = BootstrapMean(values, valid, groups, 8);
  const Interval again = BootstrapMean(values, valid, groups, 8);
  EXPECT_EQ(first.low, again.low);
  EXPECT_EQ(first.high, again.high);
  const Interval moved = BootstrapMean({0, 1, .125, .25, .5}, valid, {"d", "b", "a", "a", "c"}, 8);
  EXPECT_EQ(first.low, moved.low);
  EXPECT_EQ(first.high, moved.high);
  EXPECT_LE(first.low, first.value);
  EXPECT_GE(first.high, first.value);
}

TEST(Bootstrap, InvalidEntriesAreLeftOut) {
  const Interval interval =
      BootstrapMean({1, std::nan(""), 1}, {true, false, true}, {"a", "b", "c"}, 1);
  EXPECT_EQ(interval.value, 1.0);
  EXPECT_EQ(interval.low, 1.0);
  EXPECT_EQ(interval.high, 1.0);
}

TEST(Bootstrap, OneIdentityHasNoWidth) {
  const Interval interval = BootstrapMean({.1, .2, .7}, {true, true, true}, {"a", "a", "a"}, 1);
  EXPECT_EQ(interval.low, interval.value);
  EXPECT_EQ(interval.high, interval.value);
}

TEST(Bootstrap, RefusesWhatHasNoAnswer) {
  EXPECT_THROW(BootstrapMean({1}, {false}, {"a"}, 1), Error);
  EXPECT_THROW(BootstrapMean({}, {}, {}, 1), Error);
  EXPECT_THROW(BootstrapMean({1, 2}, {true, true}, {"a"}, 1), Error);
  EXPECT_THROW(BootstrapMean({std::nan("")}, {true}, {"a"}, 1), Error);
  EXPECT_THROW(BootstrapMean({1}, {true}, {"a"}, 1, 0), Error);
  EXPECT_THROW(BootstrapMean({1}, {true}, {"a"}, 1, 100, 1.0), Error);
}

}  // namespace
}  // namespace bcr
