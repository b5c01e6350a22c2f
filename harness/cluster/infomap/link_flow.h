#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace bcr {

// A directed graph of weighted links as compressed rows: row i holds the links from node i.
struct DirectedGraph {
  std::vector<int64_t> begin;  // nodes + 1 offsets
  std::vector<int32_t> targets;
  std::vector<double> weights;
  size_t nodes() const { return begin.empty() ? 0 : begin.size() - 1; }
};

// How a random walk uses the nodes and links of a graph.
struct LinkFlow {
  std::vector<double> nodes;  // visits, by node; they sum to 1 unless no node has a link
  std::vector<double> links;  // in the order of the graph's links
};

// The flow that Infomap partitions by: PageRank with teleportation at rate 0.15 to nodes in
// proportion to the weight of their links, and then one step along links alone, so that teleporting
// leaves no trace ("unrecorded link teleportation", Lambiotte and Rosvall, Physical Review E 85,
// 056107, 2012). REQUIRES: weights of at least 0.
LinkFlow FlowOf(const DirectedGraph& graph);

}  // namespace bcr
