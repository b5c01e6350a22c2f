#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/eval/statistics/estimate.h"

namespace bcr {

struct CellScores;

// Queries an upgrade breaks and repairs. A query is right where one of its matches is among the
// first `rank` (after the policy's removals). Only queries valid in both cells count.
struct Flips {
  int rank = 1;
  std::string
      reason;  // why there are none: hits are probabilities (single-shot, mean ties); else ""
  uint64_t queries = 0;
  uint64_t old_right = 0, new_right = 0;
  uint64_t negative = 0;  // right before, wrong now
  uint64_t positive = 0;  // wrong before, right now
  Estimate old_accuracy, new_accuracy;
  Estimate negative_rate;  // NFR = negative / queries (Yan et al., CVPR 2021)
  Estimate positive_rate;  // PFR; new_accuracy - old_accuracy = PFR - NFR
  // NFR / (old accuracy x new error): 1 means flips as frequent as with independent errors.
  // Undefined where old is never right or new never wrong.
  Estimate relative_negative;
  // Backward trust: P(new right | old right) = 1 - NFR / old accuracy (Bansal et al., AAAI 2019).
  Estimate trust;
  // Backward error: P(old wrong | new wrong) = 1 - NFR / new error.
  Estimate error_overlap;
};

// `identities` are the queries', row for row. Throws kData where the cells differ in length, none
// of the queries is valid in both, or rank < 1.
Flips CountFlips(const CellScores& old_cell, const CellScores& new_cell,
                 const std::vector<std::string>& identities, int rank,
                 const EstimateOptions& options);

// The graded version, on AP by precision at hits.
struct ApDrops {
  double tolerance = 0;  // a query drops where AP_old - AP_new > tolerance + 1e-9
  uint64_t queries = 0;
  uint64_t drops = 0;
  Estimate rate;                  // drops / queries
  Estimate mean_negative_change;  // mean over all queries of min(0, AP_new - AP_old); never above 0
};

// Throws as CountFlips does, and for a tolerance that is negative or not finite.
ApDrops CountApDrops(const CellScores& old_cell, const CellScores& new_cell,
                     const std::vector<std::string>& identities, double tolerance,
                     const EstimateOptions& options);

}  // namespace bcr
