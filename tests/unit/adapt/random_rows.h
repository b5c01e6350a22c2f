#pragma once

#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "harness/core/matrix.h"
#include "harness/core/random.h"
#include "harness/features/row_source.h"

namespace bcr::test {

inline FloatMatrix RandomRows(size_t rows, size_t cols, uint64_t seed) {
  Random random(seed);
  FloatMatrix matrix(rows, cols);
  for (size_t i = 0; i < rows * cols; ++i) matrix.data()[i] = static_cast<float>(random.Normal());
  return matrix;
}

// Rows that own their matrix and hand out copies, as a file of another element type does.
class CopiedRows : public RowSource {
 public:
  explicit CopiedRows(FloatMatrix matrix) : matrix_(std::move(matrix)) {}
  size_t rows() const override { return matrix_.rows(); }
  size_t cols() const override { return matrix_.cols(); }
  const float* Row(size_t i, float* scratch) const override {
    std::memcpy(scratch, matrix_.row(i), cols() * sizeof(float));
    return scratch;
  }

 private:
  const FloatMatrix matrix_;
};

inline std::shared_ptr<const RowSource> Own(FloatMatrix matrix) {
  return std::make_shared<CopiedRows>(std::move(matrix));
}

inline FloatMatrix ReadAll(const RowSource& rows) {
  FloatMatrix all(rows.rows(), rows.cols());
  std::vector<float> scratch(rows.cols());
  for (size_t i = 0; i < rows.rows(); ++i) {
    std::memcpy(all.row(i), rows.Row(i, scratch.data()), rows.cols() * sizeof(float));
  }
  return all;
}

inline bool SameBits(const FloatMatrix& a, const FloatMatrix& b) {
  return a.rows() == b.rows() && a.cols() == b.cols() &&
         std::memcmp(a.data(), b.data(), a.rows() * a.cols() * sizeof(float)) == 0;
}

}  // namespace bcr::test
