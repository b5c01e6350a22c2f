#include "harness/run/width_rows.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "harness/train/trainer.h"

namespace bcr {

namespace {

class OwnedRows : public RowSource {
 public:
  explicit OwnedRows(FloatMatrix matrix) : matrix_(std::move(matrix)) {}
  size_t rows() const override { return matrix_.rows(); }
  size_t cols() const override { return matrix_.cols(); }
  const float* Row(size_t i, float*) const override { return matrix_.row(i); }

 private:
  const FloatMatrix matrix_;
};

// Block by block: the rows are mapped files, and never whole in memory in their own width.
FloatMatrix Project(const RowSource& rows, const FloatMatrix& projection) {
  constexpr size_t kBlock = 4096;
  const size_t width = projection.rows();
  FloatMatrix all(rows.rows(), width);
  std::vector<float> scratch(rows.cols());
  for (size_t first = 0; first < rows.rows(); first += kBlock) {
    FloatMatrix block(std::min(kBlock, rows.rows() - first), rows.cols());
    for (size_t i = 0; i < block.rows(); ++i) {
      std::copy_n(rows.Row(first + i, scratch.data()), rows.cols(), block.row(i));
    }
    const FloatMatrix adapted = AdaptWidth(block, width, "project", projection);
    std::copy_n(adapted.data(), adapted.rows() * width, all.row(first));
  }
  return all;
}

}  // namespace

std::shared_ptr<const RowSource> RowsInWidth(std::shared_ptr<const RowSource> rows, size_t width,
                                             const std::string& policy,
                                             const FloatMatrix& projection) {
  if (rows->cols() == width && projection.rows() == 0) return rows;
  if (policy == "project" && projection.rows() == width) {
    return std::make_shared<OwnedRows>(Project(*rows, projection));
  }
  // On a single row: whether the policy serves these widths.
  if (policy != "project") AdaptWidth(FloatMatrix(1, rows->cols()), width, policy, projection);
  return NewRowsOfWidth(std::move(rows), width);
}

}  // namespace bcr
