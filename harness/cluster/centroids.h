#pragma once

#include <cstdint>
#include <vector>

#include "harness/core/matrix.h"

namespace bcr {

// One unit row per label 0 .. labels - 1: the mean of the rows that carry it, then normalised
// (initial cluster memory, neighbour context agents, classifier heads made from features). Sums run
// in row order in float64. Negative labels take no part; a label without rows, or whose rows cancel
// out, gives a zero row. REQUIRES: one label below `count` per row.
FloatMatrix UnitCentroids(MatrixView unit_rows, const std::vector<int64_t>& labels, int64_t count);

// 1 + the largest label, 0 where there is none: the `count` of dense labels.
int64_t LabelCount(const std::vector<int64_t>& labels);

}  // namespace bcr
