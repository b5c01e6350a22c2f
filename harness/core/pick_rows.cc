#include "harness/core/pick_rows.h"

#include <algorithm>

namespace bcr {

FloatMatrix PickRows(MatrixView matrix, const std::vector<size_t>& rows) {
  FloatMatrix picked(rows.size(), matrix.cols);
  for (size_t i = 0; i < rows.size(); ++i)
    std::copy_n(matrix.row(rows[i]), matrix.cols, picked.row(i));
  return picked;
}

}  // namespace bcr
