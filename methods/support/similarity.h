#pragma once

#include <cstddef>
#include <cstdint>

#include "harness/core/matrix.h"

namespace bcr {

// <a, b>, summed in float64 in ascending order.
double Dot(const float* a, const float* b, size_t size);

// Inner products of rows [begin, end) against all rows: (end - begin) x n.
FloatMatrix SimilarityBlock(const FloatMatrix& rows, int64_t begin, int64_t end);

}  // namespace bcr
