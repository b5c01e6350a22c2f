#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "harness/eval/postprocess/nearest_items.h"

namespace bcr {

class BlockSource;

// One item's weights on others, items ascending; they sum to 1.
using SparseWeights = std::vector<std::pair<uint32_t, float>>;

// Turns a similarity of item i into its distance, divided by the item's largest.
class ScaledDistance {
 public:
  // distance = offset - factor * similarity: 2 - 2 s for unit rows, -s for euclidean ones.
  ScaledDistance(float offset, float factor, const NearestItems& nearest);
  float operator()(size_t item, float similarity) const;

 private:
  const float offset_, factor_;
  std::vector<float> largest_;  // by item
};

// The k-reciprocal encoding V of every item (Zhong et al., CVPR 2017, section 3.2 and 3.4): weights
// exp(-distance) on its expanded reciprocal set, then the mean over its k2 nearest. `nearest` holds
// at least max(k1 + 1, k2) items each; `source` scores all items against themselves.
std::vector<SparseWeights> ReciprocalWeights(const NearestItems& nearest,
                                             const ScaledDistance& distance, BlockSource& source,
                                             int k1, int k2, int threads);

}  // namespace bcr
