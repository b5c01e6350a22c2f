#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bcr {

struct Interval {
  double value = 0;  // the statistic on the data itself: value and interval come from one function
  double low = 0, high = 0;
};

// Percentile bootstrap of a mean over queries, resampling identities with all their queries
// (queries of one person are not independent). `values[i]` belongs to `groups[i]` (an identity, any
// spelling); entries with valid[i] == false are left out. Deterministic in `seed`. level 0.95 gives
// the 2.5 and 97.5 percentiles. The paired difference of two cells is this function on the
// per-query differences of the queries valid in both. Throws kData where no entry is valid. With
// one identity the interval is [value, value].
Interval BootstrapMean(const std::vector<double>& values, const std::vector<bool>& valid,
                       const std::vector<std::string>& groups, uint64_t seed, int resamples = 2000,
                       double level = 0.95);

}  // namespace bcr
