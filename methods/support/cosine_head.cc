#include "methods/support/cosine_head.h"

#include <ATen/ATen.h>

#include "harness/train/batch.h"
#include "harness/train/head.h"
#include "methods/support/tensor_ops.h"

namespace bcr {

at::Tensor HeadCosines(const Batch& batch) {
  return CosineLogits(batch[Slot::kAfterNeck], batch[Slot::kHeadWeight], 1.0);
}

at::Tensor OwnClass(const Batch& batch, const at::Tensor& cosines) {
  const at::Tensor& labels = batch[Slot::kLabels];
  return labels.unsqueeze(1).eq(at::arange(cosines.size(1), labels.options()).unsqueeze(0));
}

void AddSoftmax(const at::Tensor& logits, const at::Tensor& cosines, const Batch& batch,
                Terms& terms) {
  const at::Tensor& labels = batch[Slot::kLabels];
  const at::Tensor& valid = batch[Slot::kValid];
  terms.Add("softmax", MaskedMean(CrossEntropy(logits, labels), valid));
  const at::Tensor own = cosines.detach().gather(1, labels.clamp_min(0).unsqueeze(1)).squeeze(1);
  terms.Log("own_cosine", MaskedMean(own, valid));
}

}  // namespace bcr
