#pragma once

#include <cstdint>
#include <vector>

#include "harness/core/matrix.h"

namespace at {
class Tensor;
}

namespace bcr {

// Rows divided by max(norm, 1e-12), in float32 or, where the input is float64 (gradient checks),
// float64.
at::Tensor UnitRows(const at::Tensor& rows);
// The input in the type that losses are computed in: float64 stays, everything else becomes
// float32.
at::Tensor LossType(const at::Tensor& values);
// Mean of `values` (n) where `mask` (n bool), 0 (with zero gradient) where the mask is empty.
// Values that are masked need not be finite.
at::Tensor MaskedMean(const at::Tensor& values, const at::Tensor& mask);

// -log softmax(logits) at the target of each row: logits n x K, targets n int64, n values. Negative
// targets are taken as 0: leave them out of what is made of the values.
at::Tensor CrossEntropy(const at::Tensor& logits, const at::Tensor& targets);
// Mean over rows of the divergence KL(p || q) of their logarithms (n x K each): sum_k p (ln p - ln q).
at::Tensor MeanKl(const at::Tensor& log_p, const at::Tensor& log_q);
// Logits (n x K) with -infinity in the columns of the mask (K bool): classes that nobody can be.
at::Tensor MaskColumns(const at::Tensor& logits, const at::Tensor& mask);

at::Tensor FromMatrix(const FloatMatrix& matrix);
FloatMatrix ToMatrix(const at::Tensor& rows);

}  // namespace bcr
