#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "harness/eval/scorer.h"
#include "harness/features/feature_set.h"

namespace bcr {

class PairBlocks;

// A gallery of which the first `replaced` rows of an order carry new features.
struct Mixture {
  const std::vector<uint32_t>* place = nullptr;  // of each gallery row in the order
  size_t replaced = 0;
};

// One query's outcome on one mixture.
struct MixedScore {
  QueryScore score;
  double old_among_nearest = 0;  // share of old rows among the (up to) ten nearest admitted
};

// Scores every query on every mixture from one pass over both score matrices (first: on old
// features, second: on new ones): a mixed score is one of the two. Calls visit(mixture, query,
// score) for queries ascending, on one thread.
using MixedVisitor = std::function<void(size_t mixture, size_t query, const MixedScore& score)>;
void ScoreMixtures(PairBlocks& blocks, const FeatureIndex& query, const FeatureIndex& gallery,
                   std::span<const Mixture> mixtures, const ScoringOptions& options,
                   const MixedVisitor& visit);

}  // namespace bcr
