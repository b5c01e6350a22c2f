#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace bcr {

// What a test set says of people like those in it, the gallery held fixed: identities are drawn
// anew, each with all its queries, since queries of one person are not independent.
// reports/STATISTICS.md says what the intervals mean and, by simulation, how often they hold.

// A statistic with its 95 % interval, as far as the data give them. Never NaN: what is undefined is
// absent and has a reason.
struct Estimate {
  std::optional<double> value;      // absent: undefined on the data
  std::optional<double> low, high;  // both or neither
  // Of a difference: two-sided, that it is 0. At most 1 - level exactly where the interval leaves 0
  // out: both come from one set of half-samples.
  std::optional<double> p_value;
  // The interval rests on too few identities: it may be wider than needed or hold less often than
  // said: see kFewIdentities below.
  bool few = false;
  std::string reason;           // why the value, or else the interval, is absent; "" otherwise
  int undefined_resamples = 0;  // half-samples on which the statistic was undefined
};

// One per-query quantity, row for row with the queries. Entries that are not valid are left out of
// the column's mean and may hold anything.
struct ValueColumn {
  std::vector<double> values;
  std::vector<bool> valid;
};

// A function of the columns' means, and how its interval is made:
//   level       one column's mean, its values between two known bounds: score interval
//               (bounded_mean.h);
//   share       one column's mean, its values hits (1) and misses (0): mid-P interval;
//   difference  of two columns' means: half-samples (half_samples.h), with a p-value;
//   otherwise   half-samples.
struct Statistic {
  // means[c] is the mean of column c over its valid entries, NaN where a half-sample has none of
  // them. No value, or one that is not finite: undefined.
  std::function<std::optional<double>(std::span<const double> means)> of;
  std::string undefined;  // the reason given where the statistic is undefined on the data
  struct Level {
    size_t column = 0;
    double least = 0, most = 1;  // of a value
  };
  std::optional<Level> level;
  std::optional<size_t> share_of;
  std::optional<std::pair<size_t, size_t>> difference;  // minuend, subtrahend; valid in equal rows
};

Statistic LevelOf(size_t column, double least = 0, double most = 1);
Statistic ShareOf(size_t column);                           // values in [0, 1], mostly 0 and 1
Statistic DifferenceOf(size_t minuend, size_t subtrahend);  // of two columns' means
// The same as the mean of the column `of` of the queries' differences, which has other last bits.
Statistic DifferenceIn(size_t of, size_t minuend, size_t subtrahend);

struct EstimateOptions {
  uint64_t seed = 0;
  int resamples = 2000;
  double level = 0.95;
  // Above this share of half-samples on which a statistic is undefined it has no interval: the
  // order statistics of the others would leave out one tail.
  double most_undefined = 0.01;
};

// Values and intervals of several statistics; the same half-samples serve all of them. Queries are
// summed by identity once, so a half-sample costs identities x columns. With one identity there is
// a value and no interval, except of shares: one identity is one trial. Deterministic in the seed;
// indifferent to the order of rows but for rounding. Throws kData for columns of unequal length,
// values that are not finite, or no valid entry in a column.
std::vector<Estimate> EstimateAll(const std::vector<ValueColumn>& columns,
                                  const std::vector<std::string>& groups,
                                  const std::vector<Statistic>& statistics,
                                  const EstimateOptions& options);

// With fewer identities that differ than this, no test by signs decides at 95 %: 2 of 2^5 patterns
// are more than a twentieth. A difference's interval then holds 0 and is widened to what the
// identities without a difference leave possible.
inline constexpr size_t kDecidingIdentities = 6;
// With fewer that differ than this, the bounds that do not decide are widened so as well.
inline constexpr size_t kSkewIdentities = 20;

// With fewer effective identities (Kish's) than this, or fewer that tell something, an interval is
// marked as resting on few: reports/STATISTICS.md shows that the goals are not reached there. Of a
// mean those tell something that are not wholly at the end which most are at; of a difference,
// those that differ. A ratio is marked where it is undefined on some half-sample, too.
inline constexpr double kFewIdentities = 20;
inline constexpr double kTellingIdentities = 10;

}  // namespace bcr
