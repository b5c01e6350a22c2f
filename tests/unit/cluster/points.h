#pragma once

#include <cmath>
#include <numbers>
#include <vector>

#include "harness/cluster/jaccard/jaccard.h"
#include "harness/core/random.h"

namespace bcr {

// Unit vectors (cos a, sin a) of angles in degrees.
inline FloatMatrix OnCircle(const std::vector<double>& degrees) {
  FloatMatrix rows(degrees.size(), 2);
  for (size_t i = 0; i < degrees.size(); ++i) {
    const double angle = degrees[i] * std::numbers::pi / 180.0;
    rows.row(i)[0] = static_cast<float>(std::cos(angle));
    rows.row(i)[1] = static_cast<float>(std::sin(angle));
  }
  return rows;
}

inline FloatMatrix ExampleA() { return OnCircle({0, 7, 18, 32, 70, 79, 91, 140}); }
inline FloatMatrix ExampleB() { return OnCircle({7, 25, 67, 101, 119, 136, 138, 148, 155, 164}); }

// `identities` directions with noisy copies around them, in mixed order.
inline FloatMatrix NoisyIdentities(size_t rows, size_t cols, size_t identities, double noise,
                                   uint64_t seed) {
  Random random(seed);
  FloatMatrix centres(identities, cols), matrix(rows, cols);
  for (size_t i = 0; i < identities * cols; ++i)
    centres.data()[i] = static_cast<float>(random.Normal());
  for (size_t i = 0; i < rows; ++i) {
    const float* centre = centres.row(i % identities);
    for (size_t c = 0; c < cols; ++c)
      matrix.row(i)[c] = centre[c] + static_cast<float>(noise * random.Normal());
  }
  NormalizeRows(matrix);
  return matrix;
}

// The distance of a pair, 1 where the graph does not list it.
inline float DistanceOf(const SparseGraph& graph, size_t i, size_t j) {
  if (i == j) return 0.0F;
  for (int64_t at = graph.begin[i]; at < graph.begin[i + 1]; ++at) {
    if (static_cast<size_t>(graph.cols[at]) == j) return graph.distances[at];
  }
  return 1.0F;
}

// A graph of all pairs no farther than `bound`.
template <typename Distance>
SparseGraph GraphOf(size_t rows, float bound, const Distance& distance) {
  SparseGraph graph;
  graph.begin.push_back(0);
  for (size_t i = 0; i < rows; ++i) {
    for (size_t j = 0; j < rows; ++j) {
      if (i == j || distance(i, j) > bound) continue;
      graph.cols.push_back(static_cast<int32_t>(j));
      graph.distances.push_back(distance(i, j));
    }
    graph.begin.push_back(static_cast<int64_t>(graph.cols.size()));
  }
  return graph;
}

}  // namespace bcr
