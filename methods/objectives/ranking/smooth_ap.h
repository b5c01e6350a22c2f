#pragma once

#include <cstdint>
#include <string>

namespace at {
class Tensor;
}

namespace bcr {

// Dynamic gradient reactivation: a detached constant added in the forward pass to positive-negative
// differences, so that the sharp sigmoid's gradient does not vanish. Reconstruction: the paper's
// formulas are not public; these are readings of its abstract.
//   none  G_t(D)
//   A     G_t(D + c), c = clamp(m, -b, b) - m per (anchor, positive), m = max over negatives of D,
//         b = beta t
//   A1    as A, only where m < -b
//   B     G_t(clamp(D, -b, b)) with the gradient of D, element by element; where an anchor has more
//         than `most_negatives` of them, their sum is multiplied by most_negatives / their number:
//         each easy negative adds G_t(-b) = 0.12 to a rank
//   C     value of G_t(D), gradient of G_t2(D)
struct SmoothApOptions {
  double temperature = 0.01;  // t
  std::string reactivation = "A";
  double beta = 2;                 // b = beta * t
  double wide_temperature = 0.05;  // t2, variant C
  double most_negatives = 0;       // variant B; 0: no limit
};

// What sets some retrieval items apart from others; null: all have weight 1 and are reactivated.
struct SmoothApItems {
  const at::Tensor* weights = nullptr;  // M: of an item as a negative, in the type of the scores
  const at::Tensor* reactivated = nullptr;  // M bool: items that reactivation is for
};

// Figures of how alive the gradient is, as scalar sums (float64), each written where it is not null.
struct SmoothApSums {
  at::Tensor* live = nullptr;     // positive-negative pairs with a live gradient: |D + c| < 3 t
  at::Tensor* pairs = nullptr;    // of all that reactivation is for
  at::Tensor* hardest = nullptr;  // of the largest D of each anchor and positive
  at::Tensor* listed = nullptr;   // how many these are
};

// Smooth-AP of each anchor over a retrieval set (Brown et al., ECCV 2020, with masks instead of
// reshaping):
//   D_ij = s_j - s_i,  G_t(x) = 1 / (1 + exp(clamp(-x / t, -50, 50)))
//   rk_pos(i) = 1 + sum_{j in P, j != i} G_t(D_ij),  rk_all(i) = rk_pos(i) + sum_{j in N} G_t(D_ij)
//   AP = (1 / |P|) sum_{i in P} rk_pos(i) / rk_all(i)
// scores B x M; positives, negatives B x M bool, disjoint; items in neither mask take no part.
// `most_positives`: how many positives an anchor has at most, at least 1, known to the caller from
// the labels (asking the device for it would make the step wait).
// `average_precision` B (0 where an anchor has no positive or no negative), `usable` B bool.
void SmoothAp(const at::Tensor& scores, const at::Tensor& positives, const at::Tensor& negatives,
              int64_t most_positives, const SmoothApOptions& options, at::Tensor* average_precision,
              at::Tensor* usable, const SmoothApItems& items = {},
              const SmoothApSums* sums = nullptr);

// The same, value and gradient, in blocks of anchors with at most `most_elements` of B x P x M each
// (one anchor at least): the graph of one block at a time is in memory, and its gradient is kept in
// the place of it, B x M. A second derivative is not to be had.
void SmoothApInBlocks(const at::Tensor& scores, const at::Tensor& positives,
                      const at::Tensor& negatives, int64_t most_positives,
                      const SmoothApOptions& options, int64_t most_elements,
                      at::Tensor* average_precision, at::Tensor* usable,
                      const SmoothApItems& items = {}, const SmoothApSums* sums = nullptr);

}  // namespace bcr
