#pragma once

#include <cstddef>
#include <vector>

namespace bcr {

struct OrthogonalFactor {
  std::vector<double> matrix;  // rows x cols, row-major; its rows or columns are orthonormal
  size_t rank = 0;             // of the given matrix, by NumPy's rule (matrix_rank)
  double nuclear_norm = 0;     // the sum of its singular values
};

// The matrix Q that maximises trace(Q^T M) among those with orthonormal columns (rows >= cols) or
// rows (rows < cols): U V^T of the singular value decomposition M = U S V^T, which the signs of
// singular vectors do not change. Where M lacks rank, U V^T is not unique: there Q comes as near to
// the identity as it can. `m` is rows x cols, row-major. Throws kInternal where the decomposition
// fails its own check.
OrthogonalFactor NearestOrthogonal(const std::vector<double>& m, size_t rows, size_t cols);

}  // namespace bcr
