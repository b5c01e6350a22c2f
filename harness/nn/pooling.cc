#include "harness/nn/pooling.h"

#include <ATen/ATen.h>

namespace bcr {

at::Tensor GemPool(const at::Tensor& map, const at::Tensor& p) {
  return map.clamp_min(1e-6).pow(p).mean({2, 3}).pow(p.reciprocal());
}

at::Tensor AveragePool(const at::Tensor& map) { return map.mean({2, 3}); }

}  // namespace bcr
