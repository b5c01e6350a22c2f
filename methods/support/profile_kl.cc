#include "methods/support/profile_kl.h"

#include <ATen/ATen.h>

#include <limits>

#include "methods/support/tensor_ops.h"

namespace bcr {

at::Tensor ProfileKl(const at::Tensor& wanted, const at::Tensor& said, const at::Tensor& candidates,
                     double temperature) {
  const at::Tensor any = candidates.any(1);
  // A row without candidates keeps all of its columns, and is masked below.
  const at::Tensor out = candidates.logical_not().logical_and(any.unsqueeze(1));
  const auto log_profile = [&](const at::Tensor& similarities) {
    const at::Tensor kept =
        (similarities / temperature).masked_fill(out, -std::numeric_limits<double>::infinity());
    return at::log_softmax(kept, 1).masked_fill(out, 0.0);
  };
  const at::Tensor p = log_profile(wanted.detach()), q = log_profile(said);
  const at::Tensor each = p.exp().masked_fill(out, 0.0) * (p - q);
  return MaskedMean(each.sum(1), any);
}

}  // namespace bcr
