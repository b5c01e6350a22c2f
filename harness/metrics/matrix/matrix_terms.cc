#include "harness/metrics/matrix/matrix_terms.h"

namespace bcr {

std::vector<MatrixTerm> AmTerms(size_t models) {
  std::vector<MatrixTerm> terms;
  if (models == 0) return terms;
  const double weight = 2.0 / static_cast<double>(models * (models + 1));
  for (size_t t = 0; t < models; ++t) {
    for (size_t k = 0; k <= t; ++k) terms.push_back({t, k, weight});
  }
  return terms;
}

std::vector<MatrixTerm> BcTerms(size_t models) {
  std::vector<MatrixTerm> terms;
  if (models < 2) return terms;
  const double weight = 1.0 / static_cast<double>(models - 1);
  for (size_t k = 0; k + 1 < models; ++k) {
    terms.push_back({models - 1, k, weight});
    terms.push_back({k, k, -weight});
  }
  return terms;
}

std::vector<MatrixTerm> FcTerms(size_t models) {
  std::vector<MatrixTerm> terms;
  if (models < 2) return terms;
  const double weight = 1.0 / static_cast<double>(models - 1);
  for (size_t t = 1; t < models; ++t) {
    terms.push_back({t, t - 1, weight});
    terms.push_back({t, t, -weight});
  }
  return terms;
}

}  // namespace bcr
