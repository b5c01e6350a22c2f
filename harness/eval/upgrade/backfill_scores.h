#pragma once

#include <vector>

#include "harness/eval/upgrade/backfill.h"

namespace bcr {

class PairBlocks;
class Relevance;

// What the two score matrices say before anything is ranked.
struct BackfillScores {
  ScorePopulation old_matches, old_others, new_matches, new_others;
  std::vector<double> gaps;  // one a gallery row, see BackfillOrder::kOracle
};

// One pass over both matrices (first: new queries on old features, second: on new ones). Sums run
// in float64 over queries ascending, so no bit depends on bands or threads.
BackfillScores MeasureScores(PairBlocks& blocks, const Relevance& relevance, int threads);

}  // namespace bcr
