#pragma once

#include <cstddef>
#include <vector>

namespace bcr {

// Matrix layout of the whole project, stated once: row-major float32, n x d, contiguous, one row an
// item. No function normalises rows unless its name says so.

// A borrowed read-only matrix.
struct MatrixView {
  const float* data = nullptr;
  size_t rows = 0;
  size_t cols = 0;
  const float* row(size_t i) const { return data + i * cols; }
};

// An owned matrix.
class FloatMatrix {
 public:
  FloatMatrix() = default;
  FloatMatrix(size_t rows, size_t cols) : rows_(rows), cols_(cols), values_(rows * cols, 0.0F) {}
  size_t rows() const { return rows_; }
  size_t cols() const { return cols_; }
  float* row(size_t i) { return values_.data() + i * cols_; }
  const float* row(size_t i) const { return values_.data() + i * cols_; }
  float* data() { return values_.data(); }
  const float* data() const { return values_.data(); }
  MatrixView view() const { return {values_.data(), rows_, cols_}; }

 private:
  size_t rows_ = 0;
  size_t cols_ = 0;
  std::vector<float> values_;
};

// Divides each row by max(norm, 1e-12), the norm accumulated in float64. A row's result depends on
// that row alone.
void NormalizeRows(FloatMatrix& matrix);

}  // namespace bcr
