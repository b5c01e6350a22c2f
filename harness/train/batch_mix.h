#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace bcr {

// What a mixer (Augmenter::Mix) may know of a batch.
struct MixableBatch {
  size_t size = 0;             // B
  std::vector<size_t> places;  // of images that may be mixed: real ones with a label, ascending
  int height = 0, width = 0;   // pixels of an image
};

// How the images of a batch are mixed, each with one other. Image i becomes
//   share * x_i + (1 - share) * x_partner[i]                                where the box is empty,
//   x_i with the pixels of x_partner[i] in the box                          where it is not;
// a loss on it is share * L(label i) + (1 - share) * L(label of partner[i]).
struct BatchMix {
  std::vector<int64_t> partner;  // B places in the batch; its own place: the image stays as it is
  double share = 1;              // [0, 1]
  int top = 0, bottom = 0, left = 0, right = 0;  // rows and columns, half-open
  bool box() const { return bottom > top && right > left; }
};

}  // namespace bcr
