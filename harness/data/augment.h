#pragma once

#include <cstdint>
#include <string>

namespace bcr {

class TrainingImage;

// The standard training augmentation (methods/augmenters/standard.cc), in the order of the BoT recipe: flip, pad with zeros and crop, colour
// jitter, normalise by the ImageNet mean and deviation, random erasing. 0 turns a part off.
struct AugmentOptions {
  double flip = 0.5;    // probability
  int pad = 10;         // black pixels on each side, then a random crop of the original size
  double jitter = 0.0;  // probability
  double jitter_strength = 0.2;  // brightness, contrast, saturation factors lie in 1 +- strength
  double erase = 0.5;            // probability
  // Share of the image's area, uniform; aspect in [a, 1/a], uniform; 100 tries. The patch is filled
  // with the ImageNet mean after normalisation (Luo et al., "Bag of Tricks", CVPR workshops 2019).
  double erase_area_low = 0.02;
  double erase_area_high = 0.4;
  double erase_aspect = 0.3;
};

// Throws kConfig naming `where` for a value outside its range.
void CheckAugmentOptions(const AugmentOptions& options, const std::string& where);

// Changes one image. The result depends on (image, options, seed) alone, and is the same bits for
// packed bytes and for their normalised floats.
void AugmentImage(const AugmentOptions& options, uint64_t seed, TrainingImage& image);
// The same from packed bytes: writes normalised floats, 3 x H x W.
void AugmentImage(const uint8_t* rgb, int height, int width, const AugmentOptions& options,
                  uint64_t seed, float* out);
// The same without augmentation: what extraction uses. `flip` mirrors the image.
void NormalizeImage(const uint8_t* rgb, int height, int width, bool flip, float* out);

}  // namespace bcr
