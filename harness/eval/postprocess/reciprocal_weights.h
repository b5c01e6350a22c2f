#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "harness/eval/postprocess/nearest_items.h"

namespace bcr {

class BlockSource;

// One item's weights on others, items ascending; they sum to 1.
using SparseWeights = std::vector<std::pair<uint32_t, float>>;

enum class RerankFlavour;

// Turns a similarity of item i into its distance: divided by the item's largest, that squared, or
// as it is, by flavour.
class ScaledDistance {
 public:
  // distance = offset - factor * similarity: 2 - 2 s for unit rows, -s for euclidean ones.
  ScaledDistance(float offset, float factor, RerankFlavour flavour, const NearestItems& nearest);
  float operator()(size_t item, float similarity) const;

 private:
  const float offset_, factor_;
  const RerankFlavour flavour_;
  std::vector<float> largest_;  // by item
};

// The k-reciprocal encoding V of every item (Zhong et al., CVPR 2017, section 3.2 and 3.4): weights
// exp(-distance) on its expanded reciprocal set, then the mean over its k2 nearest. `nearest` holds
// as many items each as the longest list has: shorter lists cut longer k short; `source` scores all
// items against themselves.
std::vector<SparseWeights> ReciprocalWeights(const NearestItems& nearest,
                                             const ScaledDistance& distance, BlockSource& source,
                                             int k1, int k2, int threads);

}  // namespace bcr
