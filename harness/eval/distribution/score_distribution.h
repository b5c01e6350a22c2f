#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "harness/eval/score_stream.h"
#include "harness/eval/scorer.h"

namespace bcr {

// All scores of a cell, counted exactly in the bins of score_bins.h, and what a search with a
// threshold needs of each query. A pair is genuine where the policy admits it as a match, an
// impostor where it admits it and it is none.
struct ScoreDistribution {
  Distance distance = Distance::kCosine;
  std::vector<uint64_t> genuine, impostor;  // by bin; bin 0 is empty
  // By query: its nearest match and its nearest other row; -infinity where there is none.
  std::vector<float> nearest_match, nearest_other;
};

// Counts while the scores stream past. One set of bins a thread, whatever the size of the gallery.
class DistributionCounter : public BlockConsumer {
 public:
  // Complete once the stream has ended; takes it away.
  virtual ScoreDistribution Take() = 0;
};

std::unique_ptr<DistributionCounter> NewDistributionCounter(size_t queries, Distance distance);

}  // namespace bcr
