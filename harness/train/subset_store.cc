#include "harness/train/subset_store.h"

#include <algorithm>
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

class JoinedStore : public ImageStore {
 public:
  explicit JoinedStore(std::vector<std::unique_ptr<ImageStore>> stores)
      : stores_(std::move(stores)) {
    BCR_CHECK(!stores_.empty(), "no store to join");
    for (const auto& store : stores_) {
      BCR_CHECK(store->height() == height() && store->width() == width(), "images of two sizes");
      begins_.push_back(images_.size());
      images_.insert(images_.end(), store->images().begin(), store->images().end());
      bad_.insert(bad_.end(), store->bad_images().begin(), store->bad_images().end());
    }
  }
  size_t size() const override { return images_.size(); }
  int height() const override { return stores_.front()->height(); }
  int width() const override { return stores_.front()->width(); }
  const uint8_t* pixels(size_t row) const override {
    const auto after = std::upper_bound(begins_.begin(), begins_.end(), row);
    const auto part = static_cast<size_t>(after - begins_.begin()) - 1;
    return stores_[part]->pixels(row - begins_[part]);
  }
  const std::vector<ImageRecord>& images() const override { return images_; }
  const std::vector<std::string>& bad_images() const override { return bad_; }

 private:
  const std::vector<std::unique_ptr<ImageStore>> stores_;
  std::vector<size_t> begins_;  // row of each store's first image
  std::vector<ImageRecord> images_;
  std::vector<std::string> bad_;
};

}  // namespace

std::unique_ptr<ImageStore> NewJoinedStore(std::vector<std::unique_ptr<ImageStore>> stores) {
  return std::make_unique<JoinedStore>(std::move(stores));
}

std::unique_ptr<ImageStore> NewSubsetStore(const ImageStore& store, std::vector<int64_t> rows) {
  return std::make_unique<SubsetStore>(store, std::move(rows));
}

}  // namespace bcr
