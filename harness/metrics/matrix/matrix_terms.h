#pragma once

#include <cstddef>
#include <vector>

namespace bcr {

// AM, BC and FC of a chain of models are weighted sums of cells: weight x M[t][k] with query model t
// and gallery model k <= t, both from 0.
struct MatrixTerm {
  size_t t = 0, k = 0;
  double weight = 0;
};

// Mean of the T (T + 1) / 2 cells, zeros included; no terms without a model.
std::vector<MatrixTerm> AmTerms(size_t models);
// Mean over k < T of M[T][k] - M[k][k]; no terms for fewer than two models.
std::vector<MatrixTerm> BcTerms(size_t models);
// Mean over t > 1 of M[t][t - 1] - M[t][t]; no terms for fewer than two models.
std::vector<MatrixTerm> FcTerms(size_t models);

}  // namespace bcr
