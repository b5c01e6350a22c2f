#pragma once

#include <cstdint>
#include <vector>

#include "harness/core/matrix.h"
#include "harness/train/label_set.h"

namespace at {
class Tensor;
}

namespace bcr {

// How a memory row moves with those of a batch's rows that carry its label.
struct MemoryRule {
  double momentum = 0.1;  // mu, the weight of the old value
  // Of the n rows of a label, ranked by their similarity to the memory row as it was before the batch (the
  // least similar first; of equal ones the first in the batch), it moves with those of rank
  // floor(low n) to ceil(high n) - 1, with one at least. 0 to 1: all of them; 0 to 0: the least similar
  // one alone.
  double low = 0, high = 1;
};

// Momentum update, in place, of a memory of unit rows (K x d float32) by the unit rows of a batch
// (B x d float32), both on one device; nothing waits for it. `labels` are the batch's, on the host;
// -1 is passed over. By each row that the rule lets it move with, in the order of the batch, a memory
// row is blended, in float64, as
//   m <- mu m + (1 - mu) q, rounded to float32, then divided by its norm (kept where that is 0)
void UpdateMemory(const at::Tensor& memory, const at::Tensor& batch,
                  const std::vector<int64_t>& labels, const MemoryRule& rule);

// A start for such a memory: of each label one of its rows, drawn from `seed` (N x d to K x d). A label
// without rows has a zero row.
FloatMatrix OneRowOfEach(const FloatMatrix& rows, const LabelSet& labels, uint64_t seed);

}  // namespace bcr
