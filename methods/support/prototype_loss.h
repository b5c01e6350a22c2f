#pragma once

namespace at {
class Tensor;
}

namespace bcr {

class Batch;

// Cross-entropy of scale * <n^, p_k> over the classes k: n^ the batch's unit new features in the old
// width (B x d_o), p the prototypes (C x d_o, unit rows); mean over the images with a label whose
// class has a prototype. `empty` (C bool) are classes without one: their logit is -infinity.
at::Tensor PrototypeLoss(const Batch& batch, const at::Tensor& prototypes, const at::Tensor& empty,
                         double scale);

}  // namespace bcr
