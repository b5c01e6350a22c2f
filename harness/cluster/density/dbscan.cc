#include "harness/cluster/density/dbscan.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/cluster/density/disjoint_sets.h"
#include "harness/core/error.h"

namespace bcr {
namespace {

constexpr int64_t kOutlier = -1;

// Calls visit(j) for every other point within eps of i.
template <typename Visit>
void ForEachNeighbour(const SparseGraph& graph, size_t i, float eps, const Visit& visit) {
  for (int64_t at = graph.begin[i]; at < graph.begin[i + 1]; ++at) {
    if (graph.distances[at] <= eps && static_cast<size_t>(graph.cols[at]) != i)
      visit(graph.cols[at]);
  }
}

std::vector<uint8_t> CorePoints(const SparseGraph& graph, float eps, int min_samples) {
  std::vector<uint8_t> core(graph.rows(), 0);
  for (size_t i = 0; i < core.size(); ++i) {
    int64_t neighbours = 1;
    ForEachNeighbour(graph, i, eps, [&](int32_t) { ++neighbours; });
    core[i] = neighbours >= min_samples ? 1 : 0;
  }
  return core;
}

}  // namespace

std::vector<int64_t> Dbscan(const SparseGraph& graph, float eps, int min_samples) {
  if (!(eps >= 0.0F) || min_samples < 1) {
    throw Error(ErrorCode::kConfig,
                {"DBSCAN", fmt::format("eps = {}, min_samples = {}", eps, min_samples),
                 "eps of at least 0 and min_samples of at least 1", ""});
  }
  const std::vector<uint8_t> core = CorePoints(graph, eps, min_samples);
  DisjointSets sets(core.size());
  for (size_t i = 0; i < core.size(); ++i) {
    if (core[i] == 0) continue;
    ForEachNeighbour(graph, i, eps, [&](int32_t j) {
      if (core[j] != 0) sets.Join(static_cast<int64_t>(i), j);
    });
  }
  std::vector<int64_t> labels(core.size(), kOutlier);
  int64_t clusters = 0;
  for (size_t i = 0; i < core.size(); ++i) {
    if (core[i] == 0) continue;
    const int64_t root = sets.Find(static_cast<int64_t>(i));
    labels[i] = root == static_cast<int64_t>(i) ? clusters++ : labels[root];
  }
  for (size_t i = 0; i < core.size(); ++i) {
    if (core[i] != 0) continue;
    ForEachNeighbour(graph, i, eps, [&](int32_t j) {
      if (core[j] != 0 && (labels[i] == kOutlier || labels[j] < labels[i])) labels[i] = labels[j];
    });
  }
  return labels;
}

}  // namespace bcr
