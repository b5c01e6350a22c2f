#include "methods/support/virtual_labels.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "harness/train/batch.h"

namespace bcr {

at::Tensor GeneratedImages(const Batch& batch) {
  return at::logical_and(batch[Slot::kOrigin] == 1, batch[Slot::kValid].logical_not());
}

at::Tensor SumOver(const at::Tensor& values, const at::Tensor& mask) {
  return at::where(mask, values, at::zeros({}, values.options())).sum();
}

at::Tensor RankLabels(const at::Tensor& logits, RankForm form, int64_t keep) {
  const at::Tensor z = logits.detach();
  const int64_t classes = z.size(1);
  const at::Tensor order = z.argsort(/*stable=*/true, /*dim=*/1, /*descending=*/false);
  at::Tensor places = order;
  if (form == RankForm::kRank) {
    const at::Tensor counted = at::arange(classes, order.options()).expand_as(order);
    places = at::empty_like(order).scatter_(1, order, counted);
  }
  at::Tensor weights = (places + 1).to(z.scalar_type());
  const int64_t kept = keep > 0 ? std::min(keep, classes) : classes;
  weights = weights * (weights > static_cast<double>(classes - kept));
  const double sum = 0.5 * static_cast<double>(kept) * static_cast<double>(2 * classes - kept + 1);
  return weights / sum;
}

at::Tensor UniformLabels(const at::Tensor& logits) {
  return at::full_like(logits.detach(), 1.0 / static_cast<double>(logits.size(1)));
}

at::Tensor LikeliestLabels(const at::Tensor& logits) {
  const at::Tensor z = logits.detach();
  return at::zeros_like(z).scatter_(1, z.argmax(1, /*keepdim=*/true), 1.0);
}

at::Tensor SoftCrossEntropy(const at::Tensor& logits, const at::Tensor& labels) {
  return -(labels * at::log_softmax(logits, 1)).sum(1);
}

}  // namespace bcr
