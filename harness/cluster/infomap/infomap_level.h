#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/cluster/infomap/map_equation.h"

namespace bcr {

// A network whose nodes are modules of the one below it, links within a node left out.
struct InfomapLevel {
  struct Link {
    int32_t other = 0;
    double flow = 0;
  };
  std::vector<ModuleFlow> nodes;
  std::vector<int64_t> out_begin, in_begin;  // nodes + 1 offsets
  std::vector<Link> out, in;                 // by node, others ascending
};

// Every node of the graph.
InfomapLevel LeafLevel(const DirectedGraph& graph, const LinkFlow& flow);
// Nodes joined: module_of[i] (0, 1, ... `count` - 1) is that of node i.
InfomapLevel JoinedLevel(const InfomapLevel& level, const std::vector<int32_t>& module_of,
                         size_t count);

}  // namespace bcr
