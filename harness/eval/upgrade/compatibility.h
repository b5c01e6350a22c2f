#pragma once

#include <string>
#include <vector>

#include "harness/eval/scorer.h"
#include "harness/eval/statistics/estimate.h"

namespace bcr {

enum class Verdict { kYes, kNo, kUndecided };
const char* VerdictName(Verdict verdict);  // "yes", "no", "undecided"

// The empirical criterion, strict, on a gain: yes where its interval lies above 0, no where it lies
// below 0 or is [0, 0], undecided otherwise, and where there is no interval.
Verdict JudgeGain(const Estimate& gain);

// The gain in mAP (precision at hits) of new/old over old/old by itself: the mean over the queries
// valid in both cells of the difference of their AP, with its interval. ReportUpgrade
// gives the same figure as a difference of two means, beside many others; the two may differ in
// their last bits. `identities` are the queries', row for row with the cells. Throws kData where
// the cells do not hold the same queries or none is valid.
Estimate PairedGain(const CellScores& old_self, const CellScores& cross,
                    const std::vector<std::string>& identities, const EstimateOptions& options);

}  // namespace bcr
