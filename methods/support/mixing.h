#pragma once

#include <cstdint>
#include <vector>

#include "harness/core/json.h"
#include "harness/core/random.h"
#include "harness/train/batch_mix.h"

namespace bcr {

// What mixup and cutmix share. No LibTorch is needed.

// The parameters `alpha` and `probability`.
struct MixingOptions {
  double alpha = 1, probability = 1;
  bool mixes() const { return alpha > 0 && probability > 0; }
};
MixingOptions ReadMixing(JsonReader& parameters);

// A value of Beta(a, a), in [0, 1]. a <= 0: 1, without a draw.
double DrawBeta(double a, Random& random);
// A partner for each image of the batch: a random permutation of those that may be mixed (an image can
// be its own partner), and itself for all others.
std::vector<int64_t> DrawPartners(const MixableBatch& batch, Random& random);
// A mix by a box with these sides around a centre, all in pixels, cut off at the image's edges; `share`
// is 1 less the box's part of the area.
BatchMix BoxAround(int centre_row, int centre_column, int rows, int columns,
                   const MixableBatch& batch);

}  // namespace bcr
