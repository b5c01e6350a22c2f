#include "harness/cluster/infomap/link_flow.h"

#include <cmath>

namespace bcr {
namespace {

constexpr double kTeleport = 0.15;
constexpr double kSettled = 1e-15;
constexpr int kMostRounds = 1000;

// The chance of a link among those of its node.
std::vector<double> Chances(const DirectedGraph& graph, std::vector<double>& out_weight) {
  std::vector<double> chances(graph.weights.size(), 0.0);
  out_weight.assign(graph.nodes(), 0.0);
  for (size_t i = 0; i < graph.nodes(); ++i) {
    for (int64_t at = graph.begin[i]; at < graph.begin[i + 1]; ++at)
      out_weight[i] += graph.weights[at];
    if (out_weight[i] <= 0) continue;
    for (int64_t at = graph.begin[i]; at < graph.begin[i + 1]; ++at)
      chances[at] = graph.weights[at] / out_weight[i];
  }
  return chances;
}

double Sum(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum;
}

// What stands on nodes without links.
double Dangling(const std::vector<double>& rank, const std::vector<double>& out_weight) {
  double sum = 0;
  for (size_t i = 0; i < rank.size(); ++i) sum += out_weight[i] <= 0 ? rank[i] : 0.0;
  return sum;
}

std::vector<double> PageRank(const DirectedGraph& graph, const std::vector<double>& chances,
                             const std::vector<double>& out_weight) {
  const double whole = Sum(out_weight);
  std::vector<double> home(graph.nodes());
  for (size_t i = 0; i < home.size(); ++i) home[i] = out_weight[i] / whole;
  std::vector<double> rank = home, next(rank.size());
  for (int round = 0; round < kMostRounds; ++round) {
    const double lost = kTeleport + (1 - kTeleport) * Dangling(rank, out_weight);
    for (size_t i = 0; i < rank.size(); ++i) next[i] = lost * home[i];
    for (size_t i = 0; i < rank.size(); ++i) {
      for (int64_t at = graph.begin[i]; at < graph.begin[i + 1]; ++at)
        next[graph.targets[at]] += (1 - kTeleport) * rank[i] * chances[at];
    }
    double change = 0;
    for (size_t i = 0; i < rank.size(); ++i) change += std::abs(next[i] - rank[i]);
    rank.swap(next);
    if (change < kSettled) break;
  }
  return rank;
}

}  // namespace

LinkFlow FlowOf(const DirectedGraph& graph) {
  std::vector<double> out_weight;
  const std::vector<double> chances = Chances(graph, out_weight);
  LinkFlow flow;
  flow.nodes.assign(graph.nodes(), 0.0);
  flow.links.assign(graph.weights.size(), 0.0);
  if (Sum(out_weight) <= 0) return flow;
  const std::vector<double> rank = PageRank(graph, chances, out_weight);
  const double walking = 1.0 - Dangling(rank, out_weight);
  for (size_t i = 0; i < graph.nodes(); ++i) {
    for (int64_t at = graph.begin[i]; at < graph.begin[i + 1]; ++at) {
      flow.links[at] = rank[i] * chances[at] / walking;
      flow.nodes[graph.targets[at]] += flow.links[at];
    }
  }
  return flow;
}

}  // namespace bcr
