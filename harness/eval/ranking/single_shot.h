#pragma once

#include <memory>
#include <vector>

#include "harness/eval/score_stream.h"
#include "harness/eval/scorer.h"

namespace bcr {

// The CMC of the single-gallery-shot protocol (CUHK03, Li et al., "DeepReID", CVPR 2014) in exact
// expectation instead of repeated draws: of the admitted rows, one image of every other identity
// and one match, each chosen with equal probability. A match a stands at rank
// 1 + sum over other identities y of Bernoulli(m_y / n_y), where n_y rows show y and m_y of them
// are ordered before a: a convolution over y, then the mean over the matches.
//
// Equal scores are ordered by gallery row, or matches first (optimistic) or last (pessimistic).
class SingleShot : public BlockConsumer {
 public:
  // QueryScore::hits of each query (empty: no match), complete once the stream has ended.
  virtual const std::vector<std::vector<double>>& hits() const = 0;
};

// REQUIRES: a stream of whole rows (WholeRowShape), and ties other than kMean: the rank under
// shuffled ties is not a sum of independent draws.
std::unique_ptr<SingleShot> NewSingleShot(size_t queries, const FeatureIndex& gallery, Ties ties,
                                          int max_rank);

}  // namespace bcr
