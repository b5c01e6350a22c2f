#pragma once

#include <cstdint>
#include <optional>

namespace bcr {

class BlockSource;
struct FeatureIndex;
struct ScoringOptions;

// Pairs of one kind, counted.
struct PairCounts {
  uint64_t pairs = 0;
  uint64_t satisfied = 0;
  uint64_t severe = 0;  // violated by more than the margin
  double worst = 0;     // largest violation, in units of the score; 0 where there is none
  std::optional<double> share() const;  // satisfied / pairs; absent without pairs
};

// The strict pairwise definition of backward compatibility (Shen et al., CVPR 2020): for query i
// and gallery item j, dist(new_i, old_j) <= dist(old_i, old_j) where they show one identity and >=
// where they do not. Equal distances satisfy both.
struct PairCriterion {
  PairCounts same, different;
  double margin = 0;
};

// Counts over the pairs the policy admits, of queries with at least one match (those every other
// figure averages over). Both sources stream blocks of at most block_mb together (one whole gallery
// row each at least); counts are exact and do not depend on blocks or threads. Throws kData where
// the sources or the indexes do not fit each other, or for a score that is not finite.
PairCriterion CountPairs(BlockSource& cross, BlockSource& old_self, const FeatureIndex& query,
                         const FeatureIndex& gallery, const ScoringOptions& options,
                         double margin = 0.1);

}  // namespace bcr
