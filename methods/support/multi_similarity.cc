#include "methods/support/multi_similarity.h"

#include <ATen/ATen.h>

#include "methods/support/pairs.h"

namespace bcr {

at::Tensor MultiSimilarity(const at::Tensor& s, const at::Tensor& positives,
                           const at::Tensor& negatives, const MultiSimilarityScales& scales) {
  const at::Tensor pulled = LogSumExp(Largest(-scales.alpha * (s - scales.base), positives, 0));
  const at::Tensor pushed = LogSumExp(scales.beta * (negatives - scales.base));
  return at::softplus(pulled) / scales.alpha + at::softplus(pushed) / scales.beta;
}

}  // namespace bcr
