#pragma once

#include <string>
#include <vector>

#include "harness/core/random.h"
#include "harness/data/image_store.h"

namespace bcr::testing {

// Identities are colours; every image adds noise. 32 x 16 pixels, 8 images of each identity in row
// order, by two cameras in turn.
class ToyImages : public ImageStore {
 public:
  explicit ToyImages(int identities) {
    Random random(3);
    for (int id = 0; id < identities; ++id) {
      const uint8_t colour[3] = {static_cast<uint8_t>(random.Below(200)),
                                 static_cast<uint8_t>(random.Below(200)),
                                 static_cast<uint8_t>(random.Below(200))};
      for (int k = 0; k < 8; ++k) {
        std::vector<uint8_t> pixels;
        for (int p = 0; p < 32 * 16 * 3; ++p) {
          pixels.push_back(static_cast<uint8_t>(colour[p % 3] + random.Below(40)));
        }
        pixels_.push_back(std::move(pixels));
        images_.push_back({std::to_string(id) + "_" + std::to_string(k), std::to_string(id),
                           std::to_string(k % 2)});
      }
    }
  }
  size_t size() const override { return pixels_.size(); }
  int height() const override { return 32; }
  int width() const override { return 16; }
  const uint8_t* pixels(size_t row) const override { return pixels_[row].data(); }
  const std::vector<ImageRecord>& images() const override { return images_; }
  const std::vector<std::string>& bad_images() const override { return bad_; }

 private:
  std::vector<std::vector<uint8_t>> pixels_;
  std::vector<ImageRecord> images_;
  std::vector<std::string> bad_;
};

}  // namespace bcr::testing
