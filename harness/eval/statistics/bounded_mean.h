#pragma once

#include <cstddef>

namespace bcr {

class GroupTable;

struct Interval {
  double value = 0;
  double low = 0, high = 0;
};

// Wilson's score interval (Wilson 1927) of a share in [0, 1] observed on n independent trials, n
// need not be whole. It does not collapse at 0 and 1. Throws kData for a share outside [0, 1], n <=
// 0 or a level outside (0, 1).
Interval WilsonInterval(double share, double n, double level = 0.95);

// The mid-P interval (Lancaster 1961) of such a share: between Wilson's and Clopper and Pearson's.
// Near 0 and 1, where Wilson's holds too seldom, it holds. Throws as WilsonInterval does.
Interval MidPInterval(double share, double n, double level = 0.95);

// A mean over queries as a share of so many independent trials with as much spread.
struct Trials {
  double share = 0;  // the mean, carried from [least, most] to [0, 1]
  double n = 0;      // effective number of queries
  // Kish's effective number of identities (Kish 1965), with queries as weights.
  double identities = 0;
  // Identities with anything other than the least value, or than the most, whichever are fewer.
  double telling = 0;
};

// How much the design effect of the data weighs against the one expected beforehand, 1 + (m - 1) r
// with m queries an identity (weighted by queries) and r the correlation of two queries of one
// person. The data weigh as many identities as have anything other than the least value, or than
// the most, whichever are fewer; the expectation weighs `weight`. Chosen by simulation.
struct DesignPrior {
  double correlation = 0.5;
  double weight = 4;
};
inline constexpr DesignPrior kLevelPrior{0.5, 4};
inline constexpr DesignPrior kSharePrior{0.25, 1};

// From the spread of the identities' sums: the variance of the mean is the jackknife's over
// identities, and n what a share of independent trials would need for it.
Trials TrialsOf(const GroupTable& table, size_t column, double least, double most,
                const DesignPrior& prior);

// Wilson's interval on these trials, with Student's t of (effective identities - 1) for z.
Interval LevelInterval(const Trials& trials, double level);
// The mid-P interval on these trials; t is allowed for by fewer of them.
Interval ShareInterval(const Trials& trials, double level);

// Kish's effective number of identities of a column: (sum m)^2 / sum m^2 for m valid queries each.
double EffectiveIdentities(const GroupTable& table, size_t column);

}  // namespace bcr
