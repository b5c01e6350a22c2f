#include "harness/train/clip.h"

#include <ATen/ATen.h>

namespace bcr {

void ClipGradients(const std::vector<at::Tensor>& parameters, double longest) {
  const at::NoGradGuard no_grad;
  std::vector<at::Tensor> grads;
  for (const at::Tensor& parameter : parameters) {
    if (parameter.grad().defined()) grads.push_back(parameter.grad());
  }
  if (grads.empty()) return;
  const at::Tensor length = at::stack(at::_foreach_norm(grads, 2)).norm();
  const at::Tensor factor = at::clamp_max((length + 1e-6).reciprocal() * longest, 1.0);
  at::_foreach_mul_(grads, factor);
}

}  // namespace bcr
