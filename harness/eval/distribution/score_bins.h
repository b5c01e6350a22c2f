#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "harness/eval/scorer.h"

namespace bcr {

// The bins in which scores are counted: fine enough that a threshold at an edge is as good as any,
// and the same for every cell of one distance, so that counts of two cells can be held against each
// other. Bins ascend with the score (nearer is greater); bin 0 holds what a policy leaves out
// (-infinity) and nothing else.
//   cosine     32,767 bins to 1 of equal width;
//   euclidean  scores are minus squared distances: 512 bins for each doubling of these.

struct CosineBins {
  static constexpr size_t kCount = 65540;
  static size_t Of(float score) {
    if (score < -2.0f) return 0;
    const float place = (score + 1.0f) * 32767.0f;
    return 1 + static_cast<size_t>(place > 0 ? place : 0);  // rounding may leave [-1, 1] a little
  }
};

struct SquareBins {
  static constexpr uint32_t kInfinity = 0x7F800000u >> 14;
  static constexpr size_t kCount = kInfinity + 1;
  static size_t Of(float score) {
    return kInfinity - ((std::bit_cast<uint32_t>(score) & 0x7FFFFFFFu) >> 14);
  }
};

size_t BinCount(Distance distance);
size_t BinOf(Distance distance, float score);
// The least score in a bin or above it: what is accepted at this edge are exactly the counts of
// this bin and those above. At BinCount(distance) it is above every score. REQUIRES: 1 <= bin <=
// BinCount(distance).
float EdgeOf(Distance distance, size_t bin);

}  // namespace bcr
