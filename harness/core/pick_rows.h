#pragma once

#include <cstddef>
#include <vector>

#include "harness/core/matrix.h"

namespace bcr {

// Copies of these rows, in the order of `rows`. REQUIRES: each below matrix.rows.
FloatMatrix PickRows(MatrixView matrix, const std::vector<size_t>& rows);

}  // namespace bcr
