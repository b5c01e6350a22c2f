#pragma once

#include <cstdint>
#include <vector>

#include "harness/cluster/infomap/link_flow.h"

namespace bcr {

struct InfomapOptions {
  uint64_t seed = 1;  // of the order in which nodes are looked at
  int trials = 1;     // searches from different orders, of which the shortest code counts
};

struct InfomapResult {
  std::vector<int32_t> modules;  // by node, numbered 0, 1, ... by their smallest node
  double codelength = 0;         // bits a step
};

// Two-level Infomap of a directed network (Rosvall and Bergstrom, PNAS 105, 2008): the partition
// found with the shortest description of a random walk (map_equation.h). The search is greedy: nodes
// move to the neighbouring module that shortens the code most until none does, modules become the
// nodes of the next round, and single nodes move again within what was found, until nothing gains.
// A node without links is a module of its own. Same seed, same bytes. Time and memory in proportion
// to links. Throws kConfig for trials < 1.
InfomapResult Infomap(const DirectedGraph& graph, const InfomapOptions& options);

}  // namespace bcr
