#pragma once

#include <ATen/ATen.h>

#include <utility>
#include <vector>

namespace bcr {

// Adam as the trainer steps it.
class Adam {
 public:
  explicit Adam(std::vector<at::Tensor> parameters) : parameters_(std::move(parameters)) {
    for (const at::Tensor& p : parameters_) {
      means_.push_back(at::zeros_like(p.detach()));
      squares_.push_back(at::zeros_like(p.detach()));
      steps_.push_back(at::zeros({}, at::kFloat));
    }
  }
  void ZeroGrad() {
    for (const at::Tensor& p : parameters_) p.mutable_grad() = at::Tensor();
  }
  void Step() {
    const at::NoGradGuard no_grad;
    std::vector<at::Tensor> values, grads;
    for (const at::Tensor& p : parameters_) {
      values.push_back(p.detach());
      grads.push_back(p.grad());
    }
    at::_foreach_add_(steps_, 1);
    at::_fused_adam_(values, grads, means_, squares_, {}, steps_, 1e-4, 0.9, 0.999, 5e-4, 1e-8,
                     false, false);
  }

 private:
  std::vector<at::Tensor> parameters_, means_, squares_, steps_;
};

}  // namespace bcr
