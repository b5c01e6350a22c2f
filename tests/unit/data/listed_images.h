#pragma once

#include <string>
#include <utility>
#include <vector>

#include "harness/data/image_store.h"

namespace bcr::testing {

// Images in memory, all of one size, which whoever derives from it adds one by one.
class ListedImages : public ImageStore {
 public:
  ListedImages(int height, int width) : height_(height), width_(width) {}
  size_t size() const override { return pixels_.size(); }
  int height() const override { return height_; }
  int width() const override { return width_; }
  const uint8_t* pixels(size_t row) const override { return pixels_[row].data(); }
  const std::vector<ImageRecord>& images() const override { return images_; }
  const std::vector<std::string>& bad_images() const override { return bad_; }

 protected:
  // `pixels`: height * width * 3 bytes.
  void Add(ImageRecord record, std::vector<uint8_t> pixels) {
    images_.push_back(std::move(record));
    pixels_.push_back(std::move(pixels));
  }

 private:
  int height_, width_;
  std::vector<std::vector<uint8_t>> pixels_;
  std::vector<ImageRecord> images_;
  std::vector<std::string> bad_;
};

}  // namespace bcr::testing
