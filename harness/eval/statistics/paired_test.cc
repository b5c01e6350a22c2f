#include "harness/eval/statistics/paired_test.h"

#include <fmt/core.h>

#include <cmath>
#include <map>

#include "harness/core/error.h"
#include "harness/core/random.h"

namespace bcr {
namespace {

// Two sums of the same terms in another grouping may differ by rounding: they count as equal.
constexpr double kRounding = 1e-12;

void CheckFlips(int flips) {
  if (flips >= 1) return;
  throw Error(ErrorCode::kUsage, {.where = "paired test: sign patterns",
                                  .found = fmt::format("{}", flips),
                                  .expected = "1 or more"});
}

void CheckLengths(const ValueColumn& first, const ValueColumn& second, size_t groups) {
  if (first.values.size() == groups && second.values.size() == groups &&
      first.valid.size() == groups && second.valid.size() == groups) {
    return;
  }
  throw Error(ErrorCode::kData,
              {.where = "paired test",
               .found = fmt::format("{} and {} values with {} and {} flags for {} identities",
                                    first.values.size(), second.values.size(), first.valid.size(),
                                    second.valid.size(), groups),
               .expected = "the same queries in both"});
}

// How many of 2^n sign patterns reach the threshold. Patterns come in pairs of equal |sum|: the
// first sign stays.
size_t CountExact(const std::vector<double>& sums, double threshold) {
  const size_t patterns = size_t{1} << (sums.size() - 1);
  size_t extreme = 0;
  for (size_t pattern = 0; pattern < patterns; ++pattern) {
    double sum = sums[0];
    for (size_t g = 1; g < sums.size(); ++g) {
      sum += (pattern >> (g - 1) & 1) != 0 ? sums[g] : -sums[g];
    }
    extreme += std::fabs(sum) >= threshold ? 2 : 0;
  }
  return extreme;
}

size_t CountDrawn(const std::vector<double>& sums, double threshold, int flips, uint64_t seed) {
  Random random(DeriveSeed(seed, "sign flips"));
  size_t extreme = 0;
  for (int r = 0; r < flips; ++r) {
    double sum = 0;
    uint64_t bits = 0;
    for (size_t g = 0; g < sums.size(); ++g) {
      if (g % 64 == 0) bits = random.Next();
      sum += (bits & 1) != 0 ? sums[g] : -sums[g];
      bits >>= 1;
    }
    extreme += std::fabs(sum) >= threshold ? 1 : 0;
  }
  return extreme;
}

}  // namespace

PairedTest ComparePaired(const ValueColumn& first, const ValueColumn& second,
                         const std::vector<std::string>& groups, const BootstrapOptions& options,
                         int flips) {
  CheckFlips(flips);
  CheckLengths(first, second, groups.size());
  PairedTest test;
  ValueColumn difference{std::vector<double>(groups.size()), std::vector<bool>(groups.size())};
  std::map<std::string, double> by_identity;
  for (size_t i = 0; i < groups.size(); ++i) {
    if (!first.valid[i] || !second.valid[i]) continue;
    difference.valid[i] = true;
    difference.values[i] = second.values[i] - first.values[i];
    by_identity[groups[i]] += difference.values[i];
    ++test.queries;
  }
  test.identities = by_identity.size();
  test.difference = Bootstrap({difference}, groups, {MeanOf(0)}, options)[0];

  // An identity without a difference keeps its sum under either sign.
  std::vector<double> sums;
  double total = 0, magnitude = 0;
  for (const auto& [identity, sum] : by_identity) {
    if (sum == 0) continue;
    sums.push_back(sum);
    total += sum;
    magnitude += std::fabs(sum);
  }
  const double threshold = std::fabs(total) - kRounding * magnitude;
  test.exact = sums.size() <= kExactIdentities;
  if (sums.empty()) {
    test.patterns = 1;
  } else if (test.exact) {
    test.patterns = size_t{1} << sums.size();
    test.p_value =
        static_cast<double>(CountExact(sums, threshold)) / static_cast<double>(test.patterns);
  } else {
    test.patterns = static_cast<size_t>(flips);
    test.p_value =
        static_cast<double>(1 + CountDrawn(sums, threshold, flips, options.seed)) / (1.0 + flips);
  }
  return test;
}

}  // namespace bcr
