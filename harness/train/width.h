#pragma once

#include <cstdint>
#include <string>

namespace at {
class Tensor;
}

namespace bcr {

// The width policy of a setting (equal, truncate, pad, project), as a differentiable map B x d -> B x d_o. `projection` is
// d_o x d, used by `project` only. Throws kConfig where `equal` meets unequal widths.
at::Tensor CompatibleFeatures(const at::Tensor& features, int64_t old_width,
                              const std::string& policy, const at::Tensor& projection);

// A d_o x d matrix with orthonormal rows (or columns, where d < d_o), drawn from `seed`.
at::Tensor OrthogonalProjection(int64_t old_width, int64_t width, uint64_t seed);

}  // namespace bcr
