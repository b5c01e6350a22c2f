#include "harness/train/gradient_sum.h"

#include <ATen/ATen.h>

#include "harness/core/error.h"

namespace bcr {

GradientSum::GradientSum() = default;
GradientSum::~GradientSum() = default;

void GradientSum::Take(const std::vector<at::Tensor>& parameters) {
  const at::NoGradGuard no_grad;
  sums_.resize(parameters.size());
  std::vector<at::Tensor> sums, added;
  for (size_t i = 0; i < parameters.size(); ++i) {
    at::Tensor& grad = parameters[i].mutable_grad();
    if (!grad.defined()) continue;
    if (sums_[i].defined()) {
      sums.push_back(sums_[i]);
      added.push_back(grad);
    } else {
      sums_[i] = grad;
    }
    grad = at::Tensor();
  }
  if (!sums.empty()) at::_foreach_add_(sums, added);
}

void GradientSum::Give(const std::vector<at::Tensor>& parameters) {
  if (sums_.empty()) return;
  BCR_CHECK(sums_.size() == parameters.size(), "parameters changed between batches of one step");
  Take(parameters);
  for (size_t i = 0; i < parameters.size(); ++i) {
    if (sums_[i].defined()) parameters[i].mutable_grad() = sums_[i];
  }
  sums_.clear();
}

}  // namespace bcr
