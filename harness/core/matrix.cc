#include "harness/core/matrix.h"

#include <algorithm>
#include <cmath>

namespace bcr {

void NormalizeRows(FloatMatrix& matrix) {
  for (size_t i = 0; i < matrix.rows(); ++i) {
    float* row = matrix.row(i);
    double squares = 0.0;
    for (size_t j = 0; j < matrix.cols(); ++j) squares += static_cast<double>(row[j]) * row[j];
    const double norm = std::max(std::sqrt(squares), 1e-12);
    for (size_t j = 0; j < matrix.cols(); ++j) row[j] = static_cast<float>(row[j] / norm);
  }
}

}  // namespace bcr
