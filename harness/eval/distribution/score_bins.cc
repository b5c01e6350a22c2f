#include "harness/eval/distribution/score_bins.h"

#include <limits>

namespace bcr {
namespace {

// The place of a float in the order of all of them, and back.
uint32_t PlaceOf(float value) {
  const auto bits = std::bit_cast<uint32_t>(value);
  return (bits & 0x80000000u) != 0 ? ~bits : bits | 0x80000000u;
}

float FloatAt(uint32_t place) {
  return std::bit_cast<float>((place & 0x80000000u) != 0 ? place & 0x7FFFFFFFu : ~place);
}

}  // namespace

size_t BinCount(Distance distance) {
  return distance == Distance::kCosine ? CosineBins::kCount : SquareBins::kCount;
}

size_t BinOf(Distance distance, float score) {
  return distance == Distance::kCosine ? CosineBins::Of(score) : SquareBins::Of(score);
}

float EdgeOf(Distance distance, size_t bin) {
  if (distance == Distance::kEuclidean) {
    if (bin >= SquareBins::kCount) return std::numeric_limits<float>::min();  // above every score
    const auto bits = static_cast<uint32_t>(SquareBins::kInfinity - bin) << 14 | 0x3FFFu;
    return -std::bit_cast<float>(bits);
  }
  if (bin <= 1) return -2.0f;  // all that is admitted
  // By bisection over the floats themselves: near 0 they are far denser than the bins.
  uint32_t below = PlaceOf(-2.0f), at_least = PlaceOf(2.0f);
  while (at_least - below > 1) {
    const uint32_t middle = below + (at_least - below) / 2;
    (CosineBins::Of(FloatAt(middle)) >= bin ? at_least : below) = middle;
  }
  return FloatAt(at_least);
}

}  // namespace bcr
