#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "harness/eval/scorer.h"
#include "harness/eval/statistics/estimate.h"

namespace bcr {

// One figure of a cell with its interval, by the name that records give it.
struct CellMetric {
  std::string name;
  Estimate estimate;
};

// How many people the intervals of a cell rest on.
struct IdentityCount {
  size_t count = 0;      // with a valid query
  double effective = 0;  // Kish's: what they count for with their unequal numbers of queries
};
IdentityCount CountIdentities(const CellScores& cell, const std::vector<std::string>& identities);

// The figures of a cell: QueryMetrics() of the table, in its order, with intervals
// (`identities` are the queries', row for row). A metric that some valid
// query has no value of is absent, with a reason. Rates of hits are shares, the others levels (Statistic). A rate takes its
// value from `cell.cmc` where that reaches so far: curve and figure are one, summed in two orders,
// and agree to the last bit. Throws kData where no query is valid or the lengths differ.
std::vector<CellMetric> EstimateCellMetrics(const CellScores& cell,
                                            const std::vector<std::string>& identities,
                                            const EstimateOptions& options);

}  // namespace bcr
