#include "methods/support/pairs.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <limits>

#include "harness/train/batch.h"
#include "methods/support/tensor_ops.h"

namespace bcr {

namespace {

at::Tensor BothLabelled(const Batch& batch) {
  const at::Tensor& valid = batch[Slot::kValid];
  return valid.unsqueeze(1).logical_and(valid.unsqueeze(0));
}

}  // namespace

std::pair<at::Tensor, at::Tensor> NewAndOld(const Batch& batch, bool unit) {
  const auto rows = unit ? UnitRows : LossType;
  const at::Tensor fresh = rows(batch[Slot::kCompatible]);
  return {fresh, rows(batch[Slot::kOldFeatures]).detach().to(fresh.scalar_type())};
}

at::Tensor SameIdentity(const Batch& batch) {
  const at::Tensor& labels = batch[Slot::kLabels];
  return labels.unsqueeze(1).eq(labels.unsqueeze(0)).logical_and(BothLabelled(batch));
}

at::Tensor OtherIdentity(const Batch& batch) {
  const at::Tensor& labels = batch[Slot::kLabels];
  return labels.unsqueeze(1).ne(labels.unsqueeze(0)).logical_and(BothLabelled(batch));
}

at::Tensor Positives(const Batch& batch) {
  const at::Tensor same = SameIdentity(batch);
  return same.logical_and(at::eye(same.size(0), same.options()).logical_not());
}

at::Tensor OwnImage(const Batch& batch) {
  const at::Tensor& rows = batch[Slot::kRows];
  return rows.unsqueeze(1).eq(rows.unsqueeze(0));
}

at::Tensor Distances(const at::Tensor& a, const at::Tensor& b) {
  const at::Tensor squares = a.pow(2).sum(1, true) + b.pow(2).sum(1).unsqueeze(0);
  return (squares - 2 * a.matmul(b.t())).clamp_min(1e-12).sqrt();
}

at::Tensor Largest(const at::Tensor& values, const at::Tensor& mask, int64_t k) {
  const at::Tensor kept =
      values.masked_fill(mask.logical_not(), -std::numeric_limits<double>::infinity());
  return k == 0 ? kept : std::get<0>(kept.topk(std::min(k, kept.size(1)), 1));
}

// The gradient of a row of -infinity is not a number up to the masked_fill in Largest, whose
// gradient is 0 there whatever arrives.
at::Tensor LogSumExp(const at::Tensor& values) { return values.logsumexp(1); }

at::Tensor MarginLoss(const at::Tensor& own, const at::Tensor& distances, const at::Tensor& others,
                      int64_t k, double margin) {
  const at::Tensor nearest = Largest(-distances, others, k);
  const at::Tensor gap = own.unsqueeze(1) + nearest + margin;
  return MaskedMean(gap.clamp_min(0.0), nearest.isfinite());
}

at::Tensor RowMean(const at::Tensor& values, const at::Tensor& mask) {
  const at::Tensor count = mask.to(values.scalar_type()).sum(1).clamp_min(1.0);
  return values.masked_fill(mask.logical_not(), 0.0).sum(1) / count;
}

}  // namespace bcr
