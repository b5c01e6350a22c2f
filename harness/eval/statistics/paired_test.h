#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "harness/eval/statistics/bootstrap.h"

namespace bcr {

// Two runs on the same queries.
struct PairedTest {
  size_t queries = 0;     // valid in both
  size_t identities = 0;  // of these queries
  Estimate difference;    // mean of second - first, identities resampled together
  // Two-sided sign-flip test over identities (Fisher 1935): were the two runs exchangeable, each
  // identity's summed difference would be as likely with the other sign. The share of sign patterns
  // whose |sum| is at least the observed one.
  double p_value = 1;
  bool exact = false;  // every pattern was counted; otherwise drawn ones, the observed one included
  size_t patterns = 0;  // counted or drawn
};

// Up to this many identities with a difference, all 2^n sign patterns are counted.
inline constexpr size_t kExactIdentities = 16;

// Compares two columns row for row (row i of both is the same query, of identity groups[i]).
// Deterministic in options.seed. `flips` sign patterns are drawn where they are too many to count;
// the p-value is then (1 + as extreme) / (1 + flips) and never 0 (Phipson and Smyth 2010). Throws
// kData for unequal lengths, no query valid in both, or values that are not finite.
PairedTest ComparePaired(const ValueColumn& first, const ValueColumn& second,
                         const std::vector<std::string>& groups, const BootstrapOptions& options,
                         int flips = 10000);

}  // namespace bcr
