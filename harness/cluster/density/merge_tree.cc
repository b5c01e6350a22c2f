#include "harness/cluster/density/merge_tree.h"

#include <algorithm>
#include <tuple>

#include "harness/cluster/density/disjoint_sets.h"

namespace bcr {
namespace {

constexpr float kFarthest = 1.0F;

struct Edge {
  float distance;
  int32_t a, b;
};

std::vector<float> CoreDistances(const SparseGraph& graph, int min_samples) {
  std::vector<float> core(graph.rows(), kFarthest), near;
  const auto others = static_cast<size_t>(min_samples - 1);  // beside the row itself
  for (size_t i = 0; i < core.size(); ++i) {
    if (others == 0) core[i] = 0;
    near.assign(graph.distances.begin() + graph.begin[i],
                graph.distances.begin() + graph.begin[i + 1]);
    if (others == 0 || near.size() < others) continue;
    const auto last = near.begin() + static_cast<ptrdiff_t>(others - 1);
    std::nth_element(near.begin(), last, near.end());
    core[i] = *last;
  }
  return core;
}

// Every pair once, nearest first.
std::vector<Edge> Edges(const SparseGraph& graph, int min_samples) {
  const std::vector<float> core = CoreDistances(graph, min_samples);
  std::vector<Edge> edges;
  for (size_t i = 0; i < core.size(); ++i) {
    for (int64_t at = graph.begin[i]; at < graph.begin[i + 1]; ++at) {
      const int32_t j = graph.cols[at];
      if (static_cast<size_t>(j) <= i) continue;
      edges.push_back(
          {std::max({graph.distances[at], core[i], core[j]}), static_cast<int32_t>(i), j});
    }
  }
  std::sort(edges.begin(), edges.end(), [](const Edge& x, const Edge& y) {
    return std::tie(x.distance, x.a, x.b) < std::tie(y.distance, y.a, y.b);
  });
  return edges;
}

class Builder {
 public:
  explicit Builder(size_t rows) : sets_(rows), nodes_(rows) {
    tree_.rows = rows;
    for (size_t i = 0; i < rows; ++i) nodes_[i] = static_cast<int64_t>(i);
  }

  void Join(int64_t a, int64_t b, float distance) {
    a = sets_.Find(a);
    b = sets_.Find(b);
    if (a == b) return;
    const int64_t left = nodes_[std::min(a, b)], right = nodes_[std::max(a, b)];
    tree_.merges.push_back({left, right, distance, tree_.SizeOf(left) + tree_.SizeOf(right)});
    sets_.Join(a, b);
    nodes_[std::min(a, b)] = static_cast<int64_t>(tree_.rows + tree_.merges.size()) - 1;
  }

  MergeTree Take() { return std::move(tree_); }

 private:
  MergeTree tree_;
  DisjointSets sets_;
  std::vector<int64_t> nodes_;  // of each set, by its representative
};

}  // namespace

MergeTree MutualReachabilityTree(const SparseGraph& graph, int min_samples) {
  Builder builder(graph.rows());
  for (const Edge& edge : Edges(graph, min_samples)) builder.Join(edge.a, edge.b, edge.distance);
  for (size_t i = 1; i < graph.rows(); ++i) builder.Join(0, static_cast<int64_t>(i), kFarthest);
  return builder.Take();
}

}  // namespace bcr
