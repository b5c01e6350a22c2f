#pragma once

#include <cstddef>

namespace bcr {

// Inner product of two rows in one fixed order of additions (sixteen partial sums): a function of
// the two rows alone and symmetric in them, to the last bit. Ties between equal rows are therefore
// true ties wherever the rows stand.
float RowDot(const float* a, const float* b, size_t size);

}  // namespace bcr
