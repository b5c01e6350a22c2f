#pragma once

#include <cstdint>
#include <vector>

#include "harness/core/matrix.h"
#include "harness/train/label_set.h"

namespace at {
class Tensor;
}

namespace bcr {

// Momentum update, in place, of a memory of unit rows (K x d float32) by the unit rows of a batch
// (B x d float32), both on one device; nothing waits for it. `labels` are the batch's, on the host;
// -1 is passed over. Every row is blended, in float64, as
//   m <- mu m + (1 - mu) q, rounded to float32, then divided by its norm (kept where that is 0)
//   plain: by every row of its label, in batch order
//   hard:  once, by the row of its label that is least similar to m; of equal ones the first
void UpdateMemory(const at::Tensor& memory, const at::Tensor& batch,
                  const std::vector<int64_t>& labels, double momentum, bool hard);

// A start for such a memory: of each label one of its rows, drawn from `seed` (N x d to K x d). A label
// without rows has a zero row.
FloatMatrix OneRowOfEach(const FloatMatrix& rows, const LabelSet& labels, uint64_t seed);

}  // namespace bcr
