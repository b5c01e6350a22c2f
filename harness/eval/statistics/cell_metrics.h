#pragma once

#include <string>
#include <vector>

#include "harness/eval/scorer.h"
#include "harness/eval/statistics/bootstrap.h"

namespace bcr {

// One figure of a cell with its interval, by the name that records give it.
struct CellMetric {
  std::string name;
  Estimate estimate;
};

// The figures of a cell: QueryMetrics() of the table, in its order, with intervals on the same
// resamples of identities (`identities` are the queries', row for row). A metric that some valid
// query has no value of is absent, with a reason. Rates of hits are shares: at the edges their intervals are Wilson's (kEdgeIdentities). A rate takes its
// value from `cell.cmc` where that reaches so far: curve and figure are one, summed in two orders,
// and agree to the last bit. Throws kData where no query is valid or the lengths differ.
std::vector<CellMetric> EstimateCellMetrics(const CellScores& cell,
                                            const std::vector<std::string>& identities,
                                            const BootstrapOptions& options);

}  // namespace bcr
