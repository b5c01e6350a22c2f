#pragma once

#include <vector>

#include "harness/judge/cells.h"
#include "reports/sections.h"

namespace bcr {

struct GraphRequest;

// Candidate sets of every scored cell, at thresholds set in that cell and at those set in the first
// model's own cell (an upgrade's old/old). Streams every cell twice, once for its thresholds and
// once to count; memory: see candidate_sets.h.
CandidateFigures CandidateSection(const GraphRequest& request,
                                  const std::vector<ScoredCell>& cells);

// Throws kUsage where the request's images do not allow a wanted size.
void CheckCandidates(const GraphRequest& request);

}  // namespace bcr
