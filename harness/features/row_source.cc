#include "harness/features/row_source.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/core/error.h"

namespace bcr {
namespace {

[[noreturn]] void RefuseShapes(std::string found, std::string expected) {
  throw Error(
      ErrorCode::kData,
      {"feature rows", std::move(found), std::move(expected),
       "Features of different models are compared after truncating, padding or projecting."});
}

class MatrixRows : public RowSource {
 public:
  explicit MatrixRows(MatrixView matrix) : matrix_(matrix) {}
  size_t rows() const override { return matrix_.rows; }
  size_t cols() const override { return matrix_.cols; }
  const float* Row(size_t i, float*) const override { return matrix_.row(i); }

 private:
  const MatrixView matrix_;
};

class ConcatenatedRows : public RowSource {
 public:
  explicit ConcatenatedRows(std::vector<std::shared_ptr<const RowSource>> parts)
      : parts_(std::move(parts)) {
    for (const auto& part : parts_) {
      if (part->cols() != parts_.front()->cols()) {
        RefuseShapes(fmt::format("widths {} and {}", parts_.front()->cols(), part->cols()),
                     "parts of equal width");
      }
      rows_ += part->rows();
      ends_.push_back(rows_);
    }
  }

  size_t rows() const override { return rows_; }
  size_t cols() const override { return parts_.empty() ? 0 : parts_.front()->cols(); }
  const float* Row(size_t i, float* scratch) const override {
    const auto end = std::upper_bound(ends_.begin(), ends_.end(), i);
    const auto part = static_cast<size_t>(end - ends_.begin());
    return parts_[part]->Row(i - (part == 0 ? 0 : ends_[part - 1]), scratch);
  }

 private:
  const std::vector<std::shared_ptr<const RowSource>> parts_;
  std::vector<size_t> ends_;  // row after each part's last
  size_t rows_ = 0;
};

class SelectedRows : public RowSource {
 public:
  SelectedRows(const RowSource& source, std::vector<uint32_t> rows)
      : source_(source), rows_(std::move(rows)) {}
  size_t rows() const override { return rows_.size(); }
  size_t cols() const override { return source_.cols(); }
  const float* Row(size_t i, float* scratch) const override {
    return source_.Row(rows_[i], scratch);
  }

 private:
  const RowSource& source_;
  const std::vector<uint32_t> rows_;
};

class RowsOfWidth : public RowSource {
 public:
  RowsOfWidth(std::shared_ptr<const RowSource> source, size_t width)
      : source_(std::move(source)), width_(width) {}
  size_t rows() const override { return source_->rows(); }
  size_t cols() const override { return width_; }
  const float* Row(size_t i, float* scratch) const override {
    const size_t own = source_->cols();
    if (own >= width_) {
      std::vector<float> whole(own);  // scratch has room for width_ values alone
      const float* row = source_->Row(i, whole.data());
      if (row != whole.data()) return row;
      std::copy_n(row, width_, scratch);
      return scratch;
    }
    const float* row = source_->Row(i, scratch);
    if (row != scratch) std::copy_n(row, own, scratch);
    std::fill(scratch + own, scratch + width_, 0.0F);
    return scratch;
  }

 private:
  const std::shared_ptr<const RowSource> source_;
  const size_t width_;
};

}  // namespace

std::shared_ptr<const RowSource> NewRowsOfWidth(std::shared_ptr<const RowSource> source,
                                                size_t width) {
  if (source->cols() == width) return source;
  return std::make_shared<RowsOfWidth>(std::move(source), width);
}

std::unique_ptr<RowSource> NewMatrixRows(MatrixView matrix) {
  return std::make_unique<MatrixRows>(matrix);
}

std::unique_ptr<RowSource> NewConcatenatedRows(
    std::vector<std::shared_ptr<const RowSource>> parts) {
  return std::make_unique<ConcatenatedRows>(std::move(parts));
}

std::unique_ptr<RowSource> NewSelectedRows(const RowSource& source, std::vector<uint32_t> rows) {
  return std::make_unique<SelectedRows>(source, std::move(rows));
}

}  // namespace bcr
