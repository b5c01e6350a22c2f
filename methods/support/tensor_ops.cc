#include "methods/support/tensor_ops.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <limits>

namespace bcr {

at::Tensor LossType(const at::Tensor& values) {
  return values.scalar_type() == at::kDouble ? values : values.to(at::kFloat);
}

at::Tensor UnitRows(const at::Tensor& rows) {
  const at::Tensor x = LossType(rows);
  return x / x.norm(2, 1, true).clamp_min(1e-12);
}

at::Tensor MaskedMean(const at::Tensor& values, const at::Tensor& mask) {
  // Filled, not multiplied by 0: what is masked need not be finite.
  const at::Tensor kept = values.masked_fill(mask.logical_not(), 0.0);
  return kept.sum() / mask.to(values.scalar_type()).sum().clamp_min(1.0);
}

at::Tensor CrossEntropy(const at::Tensor& logits, const at::Tensor& targets) {
  const at::Tensor target = targets.clamp_min(0).unsqueeze(1);
  return -at::log_softmax(logits, 1).gather(1, target).squeeze(1);
}

at::Tensor MeanKl(const at::Tensor& log_p, const at::Tensor& log_q) {
  return (log_p.exp() * (log_p - log_q)).sum(1).mean();
}

at::Tensor MaskColumns(const at::Tensor& logits, const at::Tensor& mask) {
  return logits.masked_fill(mask.unsqueeze(0), -std::numeric_limits<double>::infinity());
}

at::Tensor FromMatrix(const FloatMatrix& matrix) {
  return at::from_blob(const_cast<float*>(matrix.data()),
                       {static_cast<int64_t>(matrix.rows()), static_cast<int64_t>(matrix.cols())},
                       at::TensorOptions(at::kFloat))
      .clone();
}

FloatMatrix ToMatrix(const at::Tensor& rows) {
  const at::Tensor flat = rows.detach().to(at::kCPU, at::kFloat).contiguous();
  FloatMatrix matrix(static_cast<size_t>(flat.size(0)), static_cast<size_t>(flat.size(1)));
  std::copy_n(flat.data_ptr<float>(), flat.numel(), matrix.data());
  return matrix;
}

}  // namespace bcr
