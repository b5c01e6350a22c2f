#pragma once

#include <string>
#include <vector>

#include "harness/core/random.h"
#include "tests/unit/data/listed_images.h"

namespace bcr::testing {

// Identities are colours; every image adds noise. 32 x 16 pixels, 8 images of each identity in row
// order, by two cameras in turn.
class ToyImages : public ListedImages {
 public:
  explicit ToyImages(int identities) : ListedImages(32, 16) {
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
        Add({std::to_string(id) + "_" + std::to_string(k), std::to_string(id),
             std::to_string(k % 2)},
            std::move(pixels));
      }
    }
  }
};

}  // namespace bcr::testing
