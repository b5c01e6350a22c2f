#pragma once

#include <vector>

#include "harness/eval/upgrade/backfill.h"
#include "harness/features/feature_set.h"

namespace bcr {

// Pieces of backfill.cc that need no scores.

// Area under a curve by the trapezoid. REQUIRES: as many values as places, at least two.
double TrapezoidArea(const std::vector<double>& places, const std::vector<double>& values);

// Fills the figures of a curve that follow from its points' mAP: least, falls, share_to_95. `full`
// is M(new, new).
void SummariseCurve(double full, BackfillCurve& curve);

// Number of images replaced at `percent`: floor(percent * rows / 100), in integers.
size_t ReplacedAt(int percent, size_t rows);

// The gallery rows in the order in which they are extracted again. `shuffle` numbers the draw;
// `worth` (one a row, the largest first) serves the orders that are not drawn.
std::vector<uint32_t> RowsInOrder(BackfillOrder order, const FeatureIndex& gallery, uint64_t seed,
                                  int shuffle, const std::vector<double>& worth);

// Whether an order shuffles.
bool IsDrawn(BackfillOrder order);

// Throws kUsage where the options make no sense.
void CheckBackfillOptions(const BackfillOptions& options);

}  // namespace bcr
