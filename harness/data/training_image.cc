#include "harness/data/training_image.h"

#include "harness/data/augment.h"

namespace bcr {

float* TrainingImage::planes() {
  if (!written_) NormalizeImage(rgb_, height_, width_, /*flip=*/false, out_);
  written_ = true;
  return out_;
}

}  // namespace bcr
