#include "harness/train/subset_store.h"

#include <utility>

#include "harness/core/error.h"

namespace bcr {

namespace {

class SubsetStore : public ImageStore {
 public:
  SubsetStore(const ImageStore& store, std::vector<int64_t> rows)
      : store_(store), rows_(std::move(rows)) {
    images_.reserve(rows_.size());
    for (const int64_t row : rows_) {
      BCR_CHECK(row >= 0 && row < static_cast<int64_t>(store.size()), "subset row out of range");
      images_.push_back(store.images()[static_cast<size_t>(row)]);
    }
  }
  size_t size() const override { return rows_.size(); }
  int height() const override { return store_.height(); }
  int width() const override { return store_.width(); }
  const uint8_t* pixels(size_t row) const override {
    return store_.pixels(static_cast<size_t>(rows_[row]));
  }
  const std::vector<ImageRecord>& images() const override { return images_; }
  const std::vector<std::string>& bad_images() const override { return store_.bad_images(); }

 private:
  const ImageStore& store_;
  std::vector<int64_t> rows_;
  std::vector<ImageRecord> images_;
};

}  // namespace

std::unique_ptr<ImageStore> NewSubsetStore(const ImageStore& store, std::vector<int64_t> rows) {
  return std::make_unique<SubsetStore>(store, std::move(rows));
}

}  // namespace bcr
