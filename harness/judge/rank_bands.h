#pragma once

#include <vector>

#include "harness/eval/statistics/estimate.h"
#include "reports/per_query.h"
#include "reports/rank_band.h"

namespace bcr {

// The 95 % intervals of a cell's CMC at ranks 1 to `ranks`, as its metrics have them (shares of
// queries, over identities). Empty where the rows' hits are probabilities, which files keep for a
// few ranks alone, and where no row is valid.
RankBand RankBandOf(const std::vector<PerQueryRow>& rows, int ranks,
                    const EstimateOptions& options);

}  // namespace bcr
