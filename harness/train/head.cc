#include "harness/train/head.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "harness/nn/model.h"

namespace bcr {

FloatMatrix HeadMatrix(const Model& model) {
  const at::Tensor head = model.head_weight().detach().to(at::kCPU, at::kFloat).contiguous();
  FloatMatrix matrix(static_cast<size_t>(head.size(0)), static_cast<size_t>(head.size(1)));
  std::copy_n(head.data_ptr<float>(), head.numel(), matrix.data());
  return matrix;
}

}  // namespace bcr
