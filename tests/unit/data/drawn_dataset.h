#pragma once

#include <atomic>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <string>
#include <vector>

#include "harness/core/dataset.h"
#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/data/image_store.h"

namespace bcr {

// A picture of seeded noise over a gradient, so that no two images and no two rows are alike.
inline cv::Mat DrawnImage(int height, int width, uint64_t seed, int type = CV_8UC3) {
  cv::Mat image(height, width, type);
  Random random(seed);
  for (int y = 0; y < height; ++y) {
    uint8_t* row = image.ptr<uint8_t>(y);
    for (int i = 0; i < width * image.channels(); ++i) {
      row[i] = static_cast<uint8_t>(random.Below(64) + (y * 3 + i) % 192);
    }
  }
  return image;
}

inline std::string Encoded(const cv::Mat& image, const std::string& extension) {
  std::vector<uint8_t> bytes;
  cv::imencode(extension, image, bytes);
  return {bytes.begin(), bytes.end()};
}

// A data set whose files live in memory. Only the training split is filled.
class DrawnDataset : public Dataset {
 public:
  DrawnDataset() {
    reader_ = "drawn";
    revision_ = 1;
    ref_.name = "drawn";
    hash_ = "drawn-1";
  }
  void Add(const std::string& name, const std::string& bytes) {
    images_[0].push_back(
        {name, "id" + std::to_string(files_.size() % 5), "c" + std::to_string(files_.size() % 2)});
    files_.push_back(bytes);
  }
  void SetHash(const std::string& hash) { hash_ = hash; }
  void SetFile(size_t row, const std::string& bytes) { files_[row] = bytes; }
  void SetStamp(const std::string& stamp) { stamp_ = stamp; }
  std::string Stamp(Split) const override { return stamp_; }
  int reads() const { return reads_; }
  std::string ReadImage(Split, size_t row) const override {
    ++reads_;
    if (files_[row] == "absent") {
      throw Error(ErrorCode::kMissing, {images_[0][row].name, "no such file", "the image", ""});
    }
    return files_[row];
  }

 private:
  std::vector<std::string> files_;
  std::string stamp_;
  mutable std::atomic<int> reads_ = 0;
};

// An image store over memory: pixels of row r are seeded by r. Row `poisoned` throws.
class MemoryStore : public ImageStore {
 public:
  MemoryStore(size_t count, int height, int width, int64_t poisoned = -1)
      : height_(height), width_(width), poisoned_(poisoned), records_(count) {
    Random random(17);
    pixels_.resize(count * height * width * 3);
    for (uint8_t& value : pixels_) value = static_cast<uint8_t>(random.Below(256));
  }
  size_t size() const override { return records_.size(); }
  int height() const override { return height_; }
  int width() const override { return width_; }
  const uint8_t* pixels(size_t row) const override {
    if (static_cast<int64_t>(row) == poisoned_) {
      throw Error(ErrorCode::kIo, {"row", "poison", "no poison", ""});
    }
    return pixels_.data() + row * height_ * width_ * 3;
  }
  const std::vector<ImageRecord>& images() const override { return records_; }
  const std::vector<std::string>& bad_images() const override { return bad_; }

 private:
  int height_, width_;
  int64_t poisoned_;
  std::vector<ImageRecord> records_;
  std::vector<std::string> bad_;
  std::vector<uint8_t> pixels_;
};

}  // namespace bcr
