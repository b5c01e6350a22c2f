#pragma once

#include <cstdint>

#include "harness/core/matrix.h"

namespace bcr {

// Inner products of rows [begin, end) against all rows: (end - begin) x n.
FloatMatrix SimilarityBlock(const FloatMatrix& rows, int64_t begin, int64_t end);

}  // namespace bcr
