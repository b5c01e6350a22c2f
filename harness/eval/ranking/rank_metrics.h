#pragma once

#include <cstdint>
#include <vector>

#include "harness/eval/scorer.h"

namespace bcr {

// The metrics of one query from the 1-based ranks of its matches, ascending (empty: not valid).
// AP at hits: (1/G) sum i / r_i. AP by trapezoid (Oxford buildings tool, original Market code):
// (1/G) sum (i / r_i + o_i) / 2 with o_i = (i - 1) / (r_i - 1), and 1 where r_i = 1.
// INP = G / r_G (Ye et al., "Deep Learning for Person Re-identification", 2021).
// `of_ranks` by the formulas of the table of metrics.
QueryScore ScoreRanks(const std::vector<uint32_t>& ranks);

// Fills the means and the CMC curve (the mean of HitWithin) from cell.queries, over valid queries
// in row order. Leaves the means 0 where none is valid.
void Summarize(CellScores& cell, int max_rank);

}  // namespace bcr
