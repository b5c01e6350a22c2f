#pragma once

#include <cstdint>
#include <string>

namespace at {
class Tensor;
}

namespace bcr {

// Whether a map to the earlier model's width is learned under this policy: project, orthogonal.
bool LearnsMap(const std::string& policy);

// The width policy of a training (TrainJob::widths), as a differentiable map B x d -> B x d_o. `projection` is d_o x d, used
// by `project` and `orthogonal` only. Throws kConfig where `equal` meets unequal widths.
at::Tensor CompatibleFeatures(const at::Tensor& features, int64_t old_width,
                              const std::string& policy, const at::Tensor& projection);

// The first rows of a rotation of d dimensions, rows x d: exp(S) of the skew matrix S = A - A^T, where
// A (`learned`, d x d) is free; A = 0 gives the identity. Angles beyond 2 pi, which no rotation needs,
// lose orthogonality. Differentiable. Throws kConfig where rows > d.
at::Tensor RotationRows(const at::Tensor& learned, int64_t rows);

// A d_o x d matrix with orthonormal rows (or columns, where d < d_o), drawn from `seed`.
at::Tensor OrthogonalProjection(int64_t old_width, int64_t width, uint64_t seed);

}  // namespace bcr
