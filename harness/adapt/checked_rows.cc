#include "harness/adapt/checked_rows.h"

#include <fmt/format.h>

#include <utility>

#include "harness/core/error.h"
#include "harness/eval/product/kernels.h"
#include "harness/features/row_source.h"

namespace bcr {
namespace {

class CheckedRows : public RowSource {
 public:
  CheckedRows(std::shared_ptr<const RowSource> rows, std::string where)
      : rows_(std::move(rows)), where_(std::move(where)), all_finite_(BestKernels().all_finite) {}
  size_t rows() const override { return rows_->rows(); }
  size_t cols() const override { return rows_->cols(); }
  const float* Row(size_t i, float* scratch) const override {
    const float* const row = rows_->Row(i, scratch);
    if (!all_finite_(row, cols())) {
      throw Error(ErrorCode::kData,
                  {fmt::format("{}: row {} counted from 0", where_, i), "NaN or infinity",
                   "finite float32 values", "Check the model that made these features."});
    }
    return row;
  }

 private:
  const std::shared_ptr<const RowSource> rows_;
  const std::string where_;
  bool (*const all_finite_)(const float* values, size_t n);
};

}  // namespace

std::shared_ptr<const RowSource> NewCheckedRows(std::shared_ptr<const RowSource> rows,
                                                std::string where) {
  return std::make_shared<CheckedRows>(std::move(rows), std::move(where));
}

}  // namespace bcr
