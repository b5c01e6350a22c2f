#pragma once

#include "harness/core/matrix.h"

namespace bcr {

// Throws kData, naming the row, for a value that is not finite: no order and no mean exists with it.
void RequireFiniteRows(MatrixView rows, int threads);

}  // namespace bcr
