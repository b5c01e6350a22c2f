#pragma once

#include <nlohmann/json.hpp>  // a Json is held by value
#include <string>

#include "harness/core/json.h"
#include "harness/core/matrix.h"

namespace bcr {

class ImageStore;

// What a model's features say of generated images beside the real ones that their generator learned from.
struct GeneratedQuality {
  Json figures;  // see JudgeGenerated
  std::string
      sheet;  // a PNG: generated images in the first row of each block, below each the three real
              // images that are nearest to it
};

// `real` and `generated` are row for row of the images; at least four of each. Figures, in JSON:
//   frechet_distance                 of as many generated as half of the real images (or all that there are, if
//                                    fewer) from as many of the second half of the real ones
//   frechet_distance_of_real_images  of the first half of the real images from those: what to compare with
//   similarity_to_nearest            median cosine of a generated image and the nearest real one
//   similarity_of_real_images        the same of each real image and the nearest other one. A generator that
//                                    repeats what it has seen comes near 1, and above this
//   copies                           generated images whose nearest real one is more similar than 0.999
// Halves are drawn by `seed`.
GeneratedQuality JudgeGenerated(const ImageStore& real, const FloatMatrix& real_features,
                                const ImageStore& generated, const FloatMatrix& generated_features,
                                uint64_t seed);

}  // namespace bcr
