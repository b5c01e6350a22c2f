#pragma once

#include <cstdint>
#include <vector>

#include "harness/cluster/jaccard/jaccard.h"

namespace bcr {

// HDBSCAN (Campello, Moulavi and Sander, PAKDD 2013; Campello et al., TKDD 2015) on a precomputed
// graph, with scikit-learn's semantics: clusters by excess of mass, never the whole set as one. No
// distance has to be chosen: of the clusters that appear while it shrinks, those that last longest
// are kept. Density is 1 / distance; distances below 1e-6 count as 1e-6. Merges at one distance
// are one event, so that labels do not depend on the order of rows (scikit-learn takes them one by
// one). Labels are numbered by their smallest row, outliers are -1. What the graph does not list is at distance 1, so
// its bound limits which clusters can appear. REQUIRES: a symmetric graph of distances in [0, 1].
// Throws kConfig for min_samples < 1 or min_size < 2.
std::vector<int64_t> Hdbscan(const SparseGraph& graph, int min_samples, int min_size);

}  // namespace bcr
