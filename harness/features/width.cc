#include "harness/features/width.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "harness/features/kept_rows.h"

namespace bcr {
namespace {

FloatMatrix Transposed(const FloatMatrix& matrix) {
  FloatMatrix result(matrix.cols(), matrix.rows());
  for (size_t r = 0; r < matrix.rows(); ++r) {
    for (size_t c = 0; c < matrix.cols(); ++c) result.row(c)[r] = matrix.row(r)[c];
  }
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

std::shared_ptr<const RowSource> NewProjectedRows(std::shared_ptr<const RowSource> rows,
                                                  const FloatMatrix& projection) {
  BCR_CHECK(projection.cols() == rows->cols(), "rows of another width than the projection's");
  const size_t width = projection.rows(), count = rows->rows();
  const auto columns = std::make_shared<const FloatMatrix>(Transposed(projection));
  return NewKeptRows(count, width, [rows, columns, width](size_t first, size_t n, float* out) {
    std::vector<float> scratch(rows->cols());
    std::vector<double> sums(width);
    for (size_t i = 0; i < n; ++i) {
      const float* row = rows->Row(first + i, scratch.data());
      std::fill(sums.begin(), sums.end(), 0.0);
      for (size_t c = 0; c < scratch.size(); ++c) {
        const double value = row[c];
        const float* column = columns->row(c);
        for (size_t j = 0; j < width; ++j) sums[j] += value * column[j];
      }
      for (size_t j = 0; j < width; ++j) out[i * width + j] = static_cast<float>(sums[j]);
    }
  });
}

std::shared_ptr<const RowSource> RowsInWidth(std::shared_ptr<const RowSource> rows, size_t width,
                                             const WidthPolicy& policy, const std::string& name,
                                             const FloatMatrix* projection) {
  RequireServes(policy, rows->cols(), width, name);
  const bool projects = policy.name == "project" && projection != nullptr &&
                        projection->rows() == width && projection->cols() == rows->cols();
  if (projects) return NewProjectedRows(std::move(rows), *projection);
  return NewRowsOfWidth(std::move(rows), width);
}

}  // namespace bcr
