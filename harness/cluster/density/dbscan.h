#pragma once

#include <cstdint>
#include <vector>

#include "harness/cluster/jaccard/jaccard.h"

namespace bcr {

// DBSCAN (Ester et al., KDD 1996) on a precomputed graph with scikit-learn's semantics: inclusive
// eps, a point counts itself, cluster ids by the smallest core index, a border point goes to the
// smallest id among its core neighbours, the rest are -1. Edges longer than eps are ignored, so one
// graph serves every eps up to its bound. O(N + E). REQUIRES: a symmetric graph. Throws kConfig for
// eps < 0 or min_samples < 1.
std::vector<int64_t> Dbscan(const SparseGraph& graph, float eps, int min_samples);

}  // namespace bcr
