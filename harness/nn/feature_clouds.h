#pragma once

#include <cstddef>
#include <vector>

#include "harness/core/matrix.h"

namespace bcr {

// The Frechet distance of two sets of features (n x d and m x d, n and m >= 2), each taken as a Gaussian:
//   |mean_a - mean_b|^2 + trace(C_a + C_b - 2 (C_a C_b)^(1/2))
// with covariances by n - 1. Computed in float64; 0 for equal sets, up to rounding. It depends on how many
// features there are: compare distances of sets of equal sizes.
// Dowson and Landau, 1982; as a measure of generated images Heusel et al., NeurIPS 2017, whose features are
// those of an Inception network.
double FrechetDistance(const FloatMatrix& a, const FloatMatrix& b);

// The row of `gallery` (N x d) that is most similar to a row of `query`, by cosine.
struct NearestRow {
  size_t row = 0;
  float similarity = 0;
};
// The k nearest of each query, best first; of equal ones the lower row. Q x k, k <= N. Memory for 256
// queries at a time.
std::vector<std::vector<NearestRow>> NearestRows(const FloatMatrix& query,
                                                 const FloatMatrix& gallery, size_t k);

}  // namespace bcr
