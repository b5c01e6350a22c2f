#include "harness/nn/backbones/positions.h"

#include <ATen/ATen.h>
#include <c10/core/impl/LocalDispatchKeySet.h>

#include <algorithm>

#include "harness/core/error.h"

namespace bcr {
namespace {

constexpr double kCubic = -0.5;  // PyTorch's with antialiasing; without, it takes -0.75

// The cubic convolution kernel (Keys 1981) at the distances `x`, 0 and more.
at::Tensor CubicKernel(const at::Tensor& x) {
  const at::Tensor near = ((kCubic + 2) * x - (kCubic + 3)) * x * x + 1;
  const at::Tensor far = kCubic * (((x - 5) * x + 8) * x - 4);
  return at::where(x < 1, near, at::where(x < 2, far, at::zeros_like(x)));
}

// to x from: what each place takes of each old one. A kernel for fewer places is as much wider.
// Computed where `like` is: nothing is copied to a device in a training step. By way of `like`, and
// not of its device, which a trace (torchscript_file.h) would name for ever.
at::Tensor Weights(int64_t from, int64_t to, const at::Tensor& like) {
  const auto places = [&](int64_t count) {
    return like.new_ones({count}, at::kLong).cumsum(0).to(at::kDouble) - 0.5;
  };
  const double scale = static_cast<double>(from) / static_cast<double>(to);
  const at::Tensor centres = (places(to) * scale).unsqueeze(1);
  const at::Tensor weights = CubicKernel((places(from) - centres).abs() / std::max(scale, 1.0));
  return (weights / weights.sum(1, /*keepdim=*/true)).to(like.scalar_type());
}

}  // namespace

at::Tensor ResamplePositions(const at::Tensor& positions, const Grid& from, const Grid& to) {
  BCR_CHECK(positions.dim() == 3 && positions.size(1) == 1 + from.rows * from.columns,
            "position embeddings are not those of the grid");
  if (from == to) return positions;
  const c10::impl::ExcludeDispatchKeyGuard no_autocast(c10::autocast_dispatch_keyset);
  const int64_t width = positions.size(2);
  const at::Tensor token = positions.narrow(1, 0, 1);
  const at::Tensor grid = positions.narrow(1, 1, from.rows * from.columns);
  const at::Tensor rows = Weights(from.rows, to.rows, positions)
                              .matmul(grid.reshape({from.rows, from.columns * width}));
  const at::Tensor patches = Weights(from.columns, to.columns, positions)
                                 .matmul(rows.view({to.rows, from.columns, width}));
  return at::cat({token, patches.reshape({1, to.rows * to.columns, width})}, 1);
}

}  // namespace bcr
