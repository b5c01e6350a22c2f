#pragma once

#include "harness/cluster/jaccard/jaccard.h"
#include "harness/cluster/jaccard/sparse_rows.h"

namespace bcr {

// The graph of weighted Jaccard distances up to max_distance of rows that sum to 1 each.
SparseGraph JaccardEdges(const SparseRows& rows, float max_distance, int threads);

}  // namespace bcr
