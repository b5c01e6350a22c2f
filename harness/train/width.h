#pragma once

#include <cstdint>
#include <string>

namespace at {
class Tensor;
}

namespace bcr {

// The width policy of a training (TrainJob::widths), as a differentiable map B x d -> B x d_o. `projection` is d_o x d, used
// by `project` and `orthogonal` only. Throws kConfig where `equal` meets unequal widths.
at::Tensor CompatibleFeatures(const at::Tensor& features, int64_t old_width,
                              const std::string& policy, const at::Tensor& projection);

// The first rows of a rotation of d dimensions, rows x d: Cayley's form (1 - S) (1 + S)^-1 of the skew matrix S = A - A^T, where
// A (`learned`, d x d) may be anything; A = 0 gives the identity. Differentiable. Throws kConfig where rows > d.
at::Tensor RotationRows(const at::Tensor& learned, int64_t rows);

// A d_o x d matrix with orthonormal rows (or columns, where d < d_o), drawn from `seed`.
at::Tensor OrthogonalProjection(int64_t old_width, int64_t width, uint64_t seed);

}  // namespace bcr
