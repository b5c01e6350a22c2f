#pragma once

namespace at {
class Tensor;
}

namespace bcr {

struct MultiSimilarityScales {
  double alpha = 2, beta = 40, base = 0.5;
};

// Each anchor's loss (n), by its cosines s (n x m), its positives P (n x m bool) and the cosines to
// its negatives N (n x k, -infinity where there is none; methods/support/pairs.h: Largest):
//   (1/alpha) log(1 + sum_P exp(-alpha (s - base))) + (1/beta) log(1 + sum_N exp(beta (s - base)))
// A sum over nobody is 0.
at::Tensor MultiSimilarity(const at::Tensor& s, const at::Tensor& positives,
                           const at::Tensor& negatives, const MultiSimilarityScales& scales);

}  // namespace bcr
