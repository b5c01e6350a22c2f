#include "harness/eval/distribution/score_bins.h"

#include <cmath>
#include <limits>

namespace bcr {

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
  float edge = static_cast<float>(bin - 1) / 32767.0f - 1.0f;
  while (CosineBins::Of(edge) >= bin) edge = std::nextafter(edge, -2.0f);
  while (CosineBins::Of(edge) < bin) edge = std::nextafter(edge, 2.0f);
  return edge;
}

}  // namespace bcr
