#pragma once

#include <vector>

#include "harness/judge/cells.h"
#include "reports/sections.h"

namespace bcr {

struct GraphRequest;

// A threshold as people set it: a cosine, or a Euclidean distance (of the score -d^2).
double ThresholdOf(Distance distance, double score);

// Operating points of every scored cell, and of the upgrade's old threshold in new/old. Cells without
// a pair of one kind are left out. REQUIRES: cells with counted scores
// (ScoringOptions::distribution).
ThresholdFigures ThresholdSection(const GraphRequest& request,
                                  const std::vector<ScoredCell>& cells);

}  // namespace bcr
