#include "harness/cluster/infomap/infomap_level.h"

#include <algorithm>
#include <tuple>

namespace bcr {
namespace {

struct Flow {
  int32_t from = 0, to = 0;
  double flow = 0;
};

// Sums of equal pairs, by (first, second).
void Merge(std::vector<Flow>& flows) {
  // Equal pairs are summed in the order in which they came.
  std::stable_sort(flows.begin(), flows.end(), [](const Flow& a, const Flow& b) {
    return std::tie(a.from, a.to) < std::tie(b.from, b.to);
  });
  size_t kept = 0;
  for (const Flow& flow : flows) {
    if (kept > 0 && flows[kept - 1].from == flow.from && flows[kept - 1].to == flow.to) {
      flows[kept - 1].flow += flow.flow;
    } else {
      flows[kept++] = flow;
    }
  }
  flows.resize(kept);
}

// Rows of links by the first end of each flow.
void Fill(size_t nodes, const std::vector<Flow>& flows, std::vector<int64_t>& begin,
          std::vector<InfomapLevel::Link>& links) {
  begin.assign(nodes + 1, 0);
  for (const Flow& flow : flows) ++begin[flow.from + 1];
  for (size_t i = 0; i < nodes; ++i) begin[i + 1] += begin[i];
  links.reserve(flows.size());
  for (const Flow& flow : flows) links.push_back({flow.to, flow.flow});
}

InfomapLevel Make(std::vector<ModuleFlow> nodes, std::vector<Flow> flows) {
  InfomapLevel level;
  level.nodes = std::move(nodes);
  Merge(flows);
  Fill(level.nodes.size(), flows, level.out_begin, level.out);
  for (Flow& flow : flows) {
    level.nodes[flow.from].exit += flow.flow;
    level.nodes[flow.to].enter += flow.flow;
    std::swap(flow.from, flow.to);
  }
  Merge(flows);
  Fill(level.nodes.size(), flows, level.in_begin, level.in);
  return level;
}

}  // namespace

InfomapLevel LeafLevel(const DirectedGraph& graph, const LinkFlow& flow) {
  std::vector<ModuleFlow> nodes(graph.nodes());
  std::vector<Flow> flows;
  flows.reserve(flow.links.size());
  for (size_t i = 0; i < nodes.size(); ++i) {
    nodes[i].visits = flow.nodes[i];
    for (int64_t at = graph.begin[i]; at < graph.begin[i + 1]; ++at) {
      if (static_cast<size_t>(graph.targets[at]) != i)
        flows.push_back({static_cast<int32_t>(i), graph.targets[at], flow.links[at]});
    }
  }
  return Make(std::move(nodes), std::move(flows));
}

InfomapLevel JoinedLevel(const InfomapLevel& level, const std::vector<int32_t>& module_of,
                         size_t count) {
  std::vector<ModuleFlow> nodes(count);
  std::vector<Flow> flows;
  for (size_t i = 0; i < level.nodes.size(); ++i) {
    nodes[module_of[i]].visits += level.nodes[i].visits;
    for (int64_t at = level.out_begin[i]; at < level.out_begin[i + 1]; ++at) {
      const int32_t to = module_of[level.out[at].other];
      if (to != module_of[i]) flows.push_back({module_of[i], to, level.out[at].flow});
    }
  }
  return Make(std::move(nodes), std::move(flows));
}

}  // namespace bcr
