#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/cluster/jaccard/jaccard.h"

namespace bcr {

// Single linkage: how rows come together while the allowed distance grows. Nodes 0 .. rows - 1 are
// the rows, node rows + t is merge t; the last merge is the root.
struct MergeTree {
  struct Merge {
    int64_t left = 0, right = 0;  // nodes
    float distance = 0;           // not smaller than that of the merge before
    int64_t size = 0;             // rows below it
  };
  size_t rows = 0;
  std::vector<Merge> merges;  // rows - 1, none of no rows

  int64_t SizeOf(int64_t node) const {
    return node < static_cast<int64_t>(rows) ? 1 : merges[node - rows].size;
  }
};

// Single linkage of the mutual reachability distances (Campello, Moulavi and Sander, PAKDD 2013):
// the largest of d(i, j) and the core distances of i and j, a core distance being that to the
// min_samples-th nearest row, the row itself counted. What the graph does not list is at distance 1,
// where all that is left comes together in row order. Equal distances merge by (smaller row, larger
// row). O(E log E). REQUIRES: a symmetric graph of distances in [0, 1], min_samples >= 1.
MergeTree MutualReachabilityTree(const SparseGraph& graph, int min_samples);

}  // namespace bcr
