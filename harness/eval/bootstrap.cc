#include "harness/eval/bootstrap.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "harness/core/error.h"
#include "harness/core/random.h"

namespace bcr {
namespace {

struct GroupSum {
  double sum = 0;
  double count = 0;
};

void Refuse(std::string found, std::string expected) {
  throw Error(ErrorCode::kData, {.where = "bootstrap over identities",
                                 .found = std::move(found),
                                 .expected = std::move(expected)});
}

// Sums by group, groups in the order of their names: the interval does not depend on row order
// beyond rounding.
std::vector<GroupSum> SumByGroup(const std::vector<double>& values, const std::vector<bool>& valid,
                                 const std::vector<std::string>& groups) {
  std::map<std::string, GroupSum> sums;
  for (size_t i = 0; i < values.size(); ++i) {
    if (!valid[i]) continue;
    if (!std::isfinite(values[i])) {
      Refuse(fmt::format("{} in row {} (identity {})", values[i], i, groups[i]), "finite values");
    }
    GroupSum& group = sums[groups[i]];
    group.sum += values[i];
    group.count += 1;
  }
  std::vector<GroupSum> list;
  for (const auto& [name, group] : sums) list.push_back(group);
  return list;
}

// Linear interpolation between order statistics (Hyndman and Fan 1996, type 7).
double Percentile(const std::vector<double>& sorted, double share) {
  const double place = share * static_cast<double>(sorted.size() - 1);
  const size_t below = static_cast<size_t>(place);
  if (below + 1 >= sorted.size()) return sorted.back();
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[below + 1] - sorted[below]);
}

}  // namespace

Interval BootstrapMean(const std::vector<double>& values, const std::vector<bool>& valid,
                       const std::vector<std::string>& groups, uint64_t seed, int resamples,
                       double level) {
  if (valid.size() != values.size() || groups.size() != values.size()) {
    Refuse(fmt::format("{} values, {} validity flags, {} identities", values.size(), valid.size(),
                       groups.size()),
           "one of each a query");
  }
  if (resamples < 1) Refuse(fmt::format("{} resamples", resamples), "1 or more");
  if (!(level > 0 && level < 1)) Refuse(fmt::format("level {}", level), "between 0 and 1");
  const std::vector<GroupSum> sums = SumByGroup(values, valid, groups);
  if (sums.empty()) Refuse("no valid query", "at least one");

  double sum = 0, count = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    if (!valid[i]) continue;
    sum += values[i];
    count += 1;
  }
  Interval interval{sum / count, sum / count, sum / count};
  if (sums.size() == 1) return interval;

  Random random(DeriveSeed(seed, "bootstrap"));
  std::vector<double> means;
  means.reserve(static_cast<size_t>(resamples));
  for (int r = 0; r < resamples; ++r) {
    GroupSum drawn;
    for (size_t k = 0; k < sums.size(); ++k) {
      const GroupSum& group = sums[random.Below(sums.size())];
      drawn.sum += group.sum;
      drawn.count += group.count;
    }
    means.push_back(drawn.sum / drawn.count);
  }
  std::sort(means.begin(), means.end());
  interval.low = Percentile(means, (1 - level) / 2);
  interval.high = Percentile(means, (1 + level) / 2);
  return interval;
}

}  // namespace bcr
