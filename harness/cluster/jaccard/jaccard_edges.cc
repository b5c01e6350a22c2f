#include "harness/cluster/jaccard/jaccard_edges.h"

#include <algorithm>

namespace bcr {
namespace {

// Columns of the rows: for each column the rows that hold it, ascending, with their values.
struct InvertedLists {
  std::vector<int64_t> begin;
  std::vector<int32_t> rows;
  std::vector<float> values;
};

InvertedLists Invert(const SparseRows& rows) {
  InvertedLists lists;
  lists.begin.assign(rows.size() + 1, 0);
  for (const SparseRow& row : rows) {
    for (const int32_t col : row.cols) ++lists.begin[col + 1];
  }
  for (size_t c = 0; c < rows.size(); ++c) lists.begin[c + 1] += lists.begin[c];
  lists.rows.resize(lists.begin.back());
  lists.values.resize(lists.begin.back());
  std::vector<int64_t> next(lists.begin.begin(), lists.begin.end() - 1);
  for (size_t i = 0; i < rows.size(); ++i) {
    for (size_t e = 0; e < rows[i].cols.size(); ++e) {
      const int64_t at = next[rows[i].cols[e]]++;
      lists.rows[at] = static_cast<int32_t>(i);
      lists.values[at] = rows[i].values[e];
    }
  }
  return lists;
}

struct Edges {
  std::vector<int32_t> cols;
  std::vector<float> distances;
};

// Distances of every row to later ones: T = sum of minima over shared columns, ascending, and
// J = 1 - T / (2 - T), as rows sum to 1 (the weighted Jaccard distance).
class LaterEdges {
 public:
  LaterEdges(const SparseRows& rows, float max_distance)
      : rows_(rows),
        lists_(Invert(rows)),
        farthest_(max_distance),
        // What a pair has to share at least to be kept, less than rounding can hide.
        least_shared_(2 * (1 - farthest_) / (2 - farthest_) - kRounding) {}

  Edges Of(size_t i, Accumulator& accumulator) const {
    const SparseRow& row = rows_[i];
    double left = 0;  // what a row can share that has shared nothing yet
    for (const float value : row.values) left += value;
    for (size_t e = 0; e < row.cols.size(); ++e) {
      const int64_t end = lists_.begin[row.cols[e] + 1];
      const int32_t* const first = lists_.rows.data();
      int64_t at = std::upper_bound(first + lists_.begin[row.cols[e]], first + end,
                                    static_cast<int32_t>(i)) -
                   first;
      for (; at < end; ++at) {
        const double shared = std::min(row.values[e], lists_.values[at]);
        if (left >= least_shared_) {
          accumulator.Add(lists_.rows[at], shared);
        } else {
          accumulator.AddToKnown(lists_.rows[at], shared);
        }
      }
      left -= row.values[e];
    }
    return Kept(accumulator);
  }

 private:
  static constexpr double kRounding = 1e-5;

  Edges Kept(Accumulator& accumulator) const {
    std::vector<std::pair<int32_t, float>> kept;
    accumulator.Drain([&](int32_t j, double shared) {
      const float distance = static_cast<float>(std::max(0.0, 1.0 - shared / (2.0 - shared)));
      if (distance <= farthest_) kept.emplace_back(j, distance);
    });
    std::sort(kept.begin(), kept.end());
    Edges edges;
    edges.cols.reserve(kept.size());
    edges.distances.reserve(kept.size());
    for (const auto& [j, distance] : kept) {
      edges.cols.push_back(j);
      edges.distances.push_back(distance);
    }
    return edges;
  }

  const SparseRows& rows_;
  const InvertedLists lists_;
  const float farthest_;
  const double least_shared_;
};

// Both directions of every edge, from those to later rows.
SparseGraph Compress(const std::vector<Edges>& edges) {
  SparseGraph graph;
  graph.begin.assign(edges.size() + 1, 0);
  for (size_t i = 0; i < edges.size(); ++i) {
    graph.begin[i + 1] += static_cast<int64_t>(edges[i].cols.size());
    for (const int32_t j : edges[i].cols) ++graph.begin[j + 1];
  }
  for (size_t i = 0; i < edges.size(); ++i) graph.begin[i + 1] += graph.begin[i];
  graph.cols.resize(graph.begin.back());
  graph.distances.resize(graph.begin.back());
  std::vector<int64_t> next(graph.begin.begin(), graph.begin.end() - 1);
  const auto put = [&](size_t row, int32_t col, float distance) {
    const int64_t at = next[row]++;
    graph.cols[at] = col;
    graph.distances[at] = distance;
  };
  // A row's earlier neighbours were all put when it is its turn.
  for (size_t i = 0; i < edges.size(); ++i) {
    for (size_t e = 0; e < edges[i].cols.size(); ++e) {
      const int32_t j = edges[i].cols[e];
      put(i, j, edges[i].distances[e]);
      put(static_cast<size_t>(j), static_cast<int32_t>(i), edges[i].distances[e]);
    }
  }
  return graph;
}

}  // namespace

SparseGraph JaccardEdges(const SparseRows& rows, float max_distance, int threads) {
  const LaterEdges later(rows, max_distance);
  std::vector<Edges> edges(rows.size());
  ForEachRowWithSums(rows.size(), threads, [&](size_t i, Accumulator& accumulator) {
    edges[i] = later.Of(i, accumulator);
  });
  return Compress(edges);
}

}  // namespace bcr
