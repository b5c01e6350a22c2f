#include "harness/features/width.h"

#include <fmt/format.h>

#include <utility>

#include "harness/core/parallel.h"

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

FloatMatrix Transposed(const FloatMatrix& matrix) {
  FloatMatrix result(matrix.cols(), matrix.rows());
  for (size_t r = 0; r < matrix.rows(); ++r) {
    for (size_t c = 0; c < matrix.cols(); ++c) result.row(c)[r] = matrix.row(r)[c];
  }
  return result;
}

FloatMatrix Projected(const RowSource& rows, const FloatMatrix& projection) {
  const FloatMatrix columns = Transposed(projection);
  const size_t width = projection.rows();
  FloatMatrix result(rows.rows(), width);
  ParallelFor(rows.rows(), 0, [&](size_t i) {
    std::vector<float> scratch(rows.cols());
    std::vector<double> sums(width, 0.0);
    const float* row = rows.Row(i, scratch.data());
    for (size_t c = 0; c < rows.cols(); ++c) {
      const double value = row[c];
      const float* column = columns.row(c);
      for (size_t j = 0; j < width; ++j) sums[j] += value * column[j];
    }
    for (size_t j = 0; j < width; ++j) result.row(i)[j] = static_cast<float>(sums[j]);
  });
  return result;
}

}  // namespace

const std::vector<std::string>& WidthPolicies() {
  static const std::vector<std::string> policies = {"equal", "truncate", "pad", "project"};
  return policies;
}

void RequireServes(const WidthPolicy& policy, size_t own, size_t width, const std::string& rows) {
  const char* fitting = own > width ? "truncate" : "pad";
  if (own == width || policy.name == "project" || policy.name == fitting) return;
  throw Error(
      policy.code,
      {fmt::format("{} ({}{})", rows, policy.flag, policy.name), fmt::format("width {}", own),
       fmt::format("width {}, that of the older model", width),
       fmt::format("{}{} serves these widths, where the models were trained for it.", policy.flag,
                   fitting)});
}

std::shared_ptr<const RowSource> RowsInWidth(std::shared_ptr<const RowSource> rows, size_t width,
                                             const WidthPolicy& policy, const std::string& name,
                                             const FloatMatrix* projection) {
  RequireServes(policy, rows->cols(), width, name);
  const bool projects = policy.name == "project" && projection != nullptr &&
                        projection->rows() == width && projection->cols() == rows->cols();
  if (projects) return std::make_shared<OwnedRows>(Projected(*rows, *projection));
  return NewRowsOfWidth(std::move(rows), width);
}

}  // namespace bcr
