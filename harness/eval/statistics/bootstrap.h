#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
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

// A statistic with its 95 % interval, as far as the data give them. Never NaN: what is undefined is
// absent and has a reason.
struct Estimate {
  std::optional<double> value;      // absent: undefined on the data
  std::optional<double> low, high;  // both or neither
  std::string reason;               // why the value, or else the interval, is absent; "" otherwise
  int undefined_resamples = 0;      // resamples on which the statistic was undefined
};

// One per-query quantity, row for row with the queries. Entries that are not valid are left out of
// the column's mean and may hold anything.
struct ValueColumn {
  std::vector<double> values;
  std::vector<bool> valid;
};

// A function of the columns' means.
struct Statistic {
  // means[c] is the mean of column c over its valid entries, NaN where a resample drew none of
  // them. No value, or one that is not finite: undefined.
  std::function<std::optional<double>(std::span<const double> means)> of;
  std::string undefined;  // the reason given where the statistic is undefined on the data
  // The column whose mean this is, where its values are hits (1) and misses (0): at the edges the
  // interval is widened to Wilson's.
  std::optional<size_t> share_of;
};

Statistic MeanOf(size_t column);
Statistic ShareOf(size_t column);                           // of hits: values in [0, 1]
Statistic DifferenceOf(size_t minuend, size_t subtrahend);  // of two columns' means

struct BootstrapOptions {
  uint64_t seed = 0;
  int resamples = 2000;
  double level = 0.95;
  // Above this share of resamples on which a statistic is undefined it has no interval: the
  // percentiles of the others would leave out one tail.
  double most_undefined = 0.01;
};

// Values and percentile intervals of several statistics on the same resamples of identities.
// Queries are summed by identity once, so a resample costs identities x columns. A single column's
// mean has the bits of BootstrapMean. With one identity there is a value and no interval. Throws
// kData for columns of unequal length, values that are not finite, or no valid entry in a column.
std::vector<Estimate> Bootstrap(const std::vector<ValueColumn>& columns,
                                const std::vector<std::string>& groups,
                                const std::vector<Statistic>& statistics,
                                const BootstrapOptions& options);

// Wilson's score interval (Wilson 1927) of a share in [0, 1] observed on n independent trials, n
// need not be whole. It does not collapse at 0 and 1. Throws kData for a share outside [0, 1], n <=
// 0 or a level outside (0, 1).
Interval WilsonInterval(double share, double n, double level = 0.95);

// A share is at the edge where fewer identities than this have a miss, or a hit: there resamples
// without any of them are common and the percentile interval is too narrow (with m such identities
// a resample has none with probability about e^-m). Its interval is then the hull of the
// bootstrap's and of Wilson's with Kish's effective number of identities, (sum m)^2 / sum m^2 for m
// queries an identity (Kish 1965): what is left of the queries when those of one person always
// agree, so never too many. With equally many queries an identity that is the number of identities.
inline constexpr size_t kEdgeIdentities = 10;

}  // namespace bcr
