#pragma once

#include <memory>

#include "harness/eval/ranking/rank_counter.h"

namespace bcr {

// Counts, instead of ranks, the tie groups that hold matches, and scores them as `ties` says (not
// kByRow; see tie_metrics.h).
std::unique_ptr<QueryScorer> NewTieCounter(size_t queries, size_t gallery, Ties ties, int max_rank);

}  // namespace bcr
