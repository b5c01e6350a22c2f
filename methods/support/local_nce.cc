#include "methods/support/local_nce.h"

#include <ATen/ATen.h>

#include <cmath>

#include "methods/support/pairs.h"

namespace bcr {

void ComputeLocalNce(const at::Tensor& sources, const at::Tensor& targets, double clip,
                     at::Tensor* loss, at::Tensor* square) {
  const int64_t images = targets.size(0), places = targets.size(1), width = targets.size(2);
  const at::Tensor flat = targets.reshape({images * places, width});
  const at::Tensor raw = sources.matmul(flat.t()) / std::sqrt(static_cast<double>(width));
  *square = raw.pow(2).mean();
  const at::Tensor scores = clip * (raw / clip).tanh();                                // n x (n L)
  const at::Tensor own = scores.view({images, images, places}).diagonal(0, 0, 1).t();  // n x L
  const at::Tensor others =
      at::eye(images, scores.options().dtype(at::kBool)).logical_not().repeat_interleave(places, 1);
  const at::Tensor negatives = LogSumExp(Largest(scores, others, 0)).unsqueeze(1);
  *loss = -at::log_sigmoid(own - negatives).mean();
}

}  // namespace bcr
