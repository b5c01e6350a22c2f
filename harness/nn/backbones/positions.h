#pragma once

#include <cstdint>

namespace at {
class Tensor;
}

namespace bcr {

struct Grid {
  int64_t rows, columns;
  bool operator==(const Grid&) const = default;
};

// Position embeddings for another grid of patches: bicubic with antialiasing and corners not
// aligned, as timm does (torch.nn.functional.interpolate with mode="bicubic", antialias=True,
// align_corners=False; the cubic's constant is -0.5). positions 1 x (1 + rows * columns) x d, the
// class token's first, patches row by row; the class token's embedding stays. Two products with
// constant matrices: the gradient is the same on every device, where PyTorch's own operator adds up
// in no fixed order on CUDA. In the type of `positions`, under autocast too.
at::Tensor ResamplePositions(const at::Tensor& positions, const Grid& from, const Grid& to);

}  // namespace bcr
