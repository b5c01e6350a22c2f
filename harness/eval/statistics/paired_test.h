#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "harness/eval/statistics/estimate.h"

namespace bcr {

// How the values of one identity's queries differ between two runs.
struct IdentityChange {
  std::string identity;
  double sum = 0;      // of second - first, over its queries that are valid in both
  size_t queries = 0;  // these queries, at least 1
};

// Two runs on the same queries.
struct PairedTest {
  size_t queries = 0;     // valid in both
  size_t identities = 0;  // of these queries
  size_t changed = 0;     // queries whose values differ
  // Mean of second - first, with interval and p-value: two-sided, were the two runs exchangeable,
  // each identity's summed difference would be as likely with the other sign (Fisher 1935).
  Estimate difference;
  double p_value = 1;  // the difference's; 1 with one identity, which decides nothing
  std::vector<IdentityChange> changes;  // in the order of the identities' names
};

// For two columns without any difference, of runs that are known to be one by other figures: an
// interval of [0, 0], whatever the values leave possible. No change where a query differs.
void SetSame(PairedTest& test);

// What interval and p-value say, which agree. Same: no query differs although many could
// (difference.h).
enum class PairedWord { kBetter, kWorse, kSame, kUndecided };
PairedWord WordOf(const PairedTest& test, bool higher_is_better);
const char* PairedWordName(PairedWord word);

// Compares two columns row for row (row i of both is the same query, of identity groups[i]), their
// values in [0, 1]. Deterministic in options.seed. The p-value is never 0 (Phipson and Smyth 2010).
// Throws kData for unequal lengths, no query valid in both, or values that are not finite.
PairedTest ComparePaired(const ValueColumn& first, const ValueColumn& second,
                         const std::vector<std::string>& groups, const EstimateOptions& options);

}  // namespace bcr
