#include "harness/data/joined_store.h"

#include <fmt/format.h>

#include <utility>

#include "harness/core/error.h"

namespace bcr {
namespace {

class JoinedStore : public ImageStore {
 public:
  explicit JoinedStore(const std::vector<const ImageStore*>& stores)
      : height_(stores[0]->height()), width_(stores[0]->width()) {
    for (const ImageStore* store : stores) {
      CheckSize(*store);
      for (size_t row = 0; row < store->size(); ++row) places_.emplace_back(store, row);
      images_.insert(images_.end(), store->images().begin(), store->images().end());
      bad_.insert(bad_.end(), store->bad_images().begin(), store->bad_images().end());
    }
  }
  size_t size() const override { return places_.size(); }
  int height() const override { return height_; }
  int width() const override { return width_; }
  const uint8_t* pixels(size_t row) const override {
    return places_[row].first->pixels(places_[row].second);
  }
  const std::vector<ImageRecord>& images() const override { return images_; }
  const std::vector<std::string>& bad_images() const override { return bad_; }

 private:
  void CheckSize(const ImageStore& store) const {
    if (store.height() == height_ && store.width() == width_) return;
    throw Error(ErrorCode::kConfig,
                {"added images", fmt::format("{}x{} pixels", store.height(), store.width()),
                 fmt::format("{}x{}, as the training images", height_, width_), ""});
  }

  int height_, width_;
  std::vector<std::pair<const ImageStore*, size_t>> places_;
  std::vector<ImageRecord> images_;
  std::vector<std::string> bad_;
};

}  // namespace

std::unique_ptr<ImageStore> NewJoinedStore(const std::vector<const ImageStore*>& stores) {
  BCR_CHECK(!stores.empty(), "at least one store");
  return std::make_unique<JoinedStore>(stores);
}

}  // namespace bcr
