#pragma once

#include <cstdint>
#include <functional>

namespace bcr {

// One image on its way into a training batch: the packed bytes, and the floats that the batch gets.
// Nothing is computed before somebody asks, so that a change which starts from bytes costs no more
// than plain normalisation.
class TrainingImage {
 public:
  // `rgb`: height x width x 3 bytes, as packed. `out`: room for 3 x height x width floats. `shared_seed`:
  // one for all copies of the image in its batch, for what its views must have in common.
  TrainingImage(const uint8_t* rgb, int height, int width, float* out, uint64_t shared_seed = 0)
      : rgb_(rgb), height_(height), width_(width), out_(out), shared_seed_(shared_seed) {}

  int height() const { return height_; }
  int width() const { return width_; }
  uint64_t shared_seed() const { return shared_seed_; }
  // The packed bytes while nobody has changed the image, null afterwards.
  const uint8_t* untouched() const { return written_ ? nullptr : rgb_; }
  // The image as three planes of floats, normalised by ImageNet's mean and deviation, to be changed
  // in place.
  float* planes();
  // The same memory, for a change that writes every value itself.
  float* Overwrite() {
    written_ = true;
    return out_;
  }

 private:
  const uint8_t* rgb_;
  int height_, width_;
  float* out_;
  uint64_t shared_seed_;
  bool written_ = false;
};

// Changes one image. The result depends on (seed, image, its shared seed) alone; called by several threads at once.
using ChangeImage = std::function<void(uint64_t seed, TrainingImage& image)>;

}  // namespace bcr
