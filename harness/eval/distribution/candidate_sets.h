#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/eval/scorer.h"

namespace bcr {

class BlockSource;

// Average-K classification (Denis and Hebiri; Garcin et al., arXiv 2303.18118) as retrieval: of each
// query the gallery people whose nearest admitted image scores at least a threshold, one threshold
// for all queries. Queries without a match take no part.
//
// The threshold of a mean set size K (as in PlantNet-300K): with f_1 >= f_2 >= ... the scores of all
// pairs of a query and a candidate, of n queries, and m = round(nK), it is (f_m + f_(m+1)) / 2.
// Equal scores there are all taken in: the mean is then more than K.

// One threshold for each size, exact. Streams the scores once, whole rows of at least one query a
// block of options.block_mb; besides keeps twice the largest m + 1 scores and 256 KiB a thread.
// Throws kUsage as PairsForSize does, and what StreamScores throws.
std::vector<double> CandidateThresholds(BlockSource& source, const FeatureIndex& query,
                                        const FeatureIndex& gallery,
                                        const std::vector<double>& sizes,
                                        const ScoringOptions& options);

// What a threshold takes in.
struct CandidateSets {
  std::vector<uint32_t> sizes;         // people, by query; 0 where it takes no part
  std::vector<bool> hit;               // by query: the right person is among them
  uint64_t matches = 0, accepted = 0;  // admitted images of the right people, and those accepted
};

// One for each threshold. Streams likewise; keeps four bytes and a bit a query and threshold.
std::vector<CandidateSets> CountCandidates(BlockSource& source, const FeatureIndex& query,
                                           const FeatureIndex& gallery,
                                           const std::vector<double>& thresholds,
                                           const ScoringOptions& options);

}  // namespace bcr
