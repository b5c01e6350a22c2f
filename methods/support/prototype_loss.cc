#include "methods/support/prototype_loss.h"

#include <ATen/ATen.h>

#include "harness/train/batch.h"
#include "methods/support/tensor_ops.h"

namespace bcr {

at::Tensor PrototypeLoss(const Batch& batch, const at::Tensor& prototypes, const at::Tensor& empty,
                         double scale) {
  const at::Tensor fresh = UnitRows(batch[Slot::kCompatible]);
  const at::Tensor logits =
      MaskColumns(fresh.matmul(prototypes.to(fresh.scalar_type()).t()) * scale, empty);
  const at::Tensor& labels = batch[Slot::kLabels];
  const at::Tensor known = empty.index_select(0, labels.clamp_min(0)).logical_not();
  return MaskedMean(CrossEntropy(logits, labels), known.logical_and(batch[Slot::kValid]));
}

}  // namespace bcr
