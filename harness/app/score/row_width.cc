#include "harness/app/score/row_width.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "harness/core/error.h"

namespace bcr {
namespace {

class WidthRows : public RowSource {
 public:
  WidthRows(std::shared_ptr<const RowSource> source, size_t width)
      : source_(std::move(source)), width_(width) {}
  size_t rows() const override { return source_->rows(); }
  size_t cols() const override { return width_; }

  const float* Row(size_t i, float* scratch) const override {
    const size_t kept = std::min(width_, source_->cols());
    if (source_->cols() <= width_) {
      const float* row = source_->Row(i, scratch);
      if (row != scratch) std::copy_n(row, kept, scratch);
    } else {
      std::vector<float> whole(source_->cols());
      std::copy_n(source_->Row(i, whole.data()), kept, scratch);
    }
    std::fill(scratch + kept, scratch + width_, 0.0F);
    return scratch;
  }

 private:
  const std::shared_ptr<const RowSource> source_;
  const size_t width_;
};

}  // namespace

std::shared_ptr<const RowSource> InWidth(std::shared_ptr<const RowSource> rows, size_t width,
                                         const std::string& policy, const std::string& flag) {
  const size_t own = rows->cols();
  if (own == width) return rows;
  if (policy == (own > width ? "truncate" : "pad")) {
    return std::make_shared<WidthRows>(std::move(rows), width);
  }
  const char* fitting = own > width ? "truncate" : "pad";
  throw Error(
      ErrorCode::kData,
      {fmt::format("{} (--widths {})", flag, policy), fmt::format("width {}", own),
       fmt::format("width {}, that of the older model", width),
       fmt::format("Score with --widths {} where the models were trained for it.", fitting)});
}

}  // namespace bcr
