#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/eval/scorer.h"
#include "harness/eval/statistics/bootstrap.h"

namespace bcr {

enum class Verdict { kYes, kNo, kUndecided };
const char* VerdictName(Verdict verdict);  // "yes", "no", "undecided"

// The empirical criterion, strict, on a gain: yes where its interval lies above 0, no where it lies
// at or below 0 (high <= 0), undecided otherwise, and where there is no interval.
Verdict JudgeGain(const Estimate& gain);

// What the four cells say about an upgrade, on AP by precision at hits (compatibility sheet,
// section 4).
struct Compatibility {
  Interval gain;  // cross - old/old, paired per query, identities resampled together
  // False where all queries show one identity: low and high are then the value, and say nothing.
  bool has_interval = true;
  std::optional<double>
      update_gain;  // gain / (paragon self - old self); absent where the denominator is <= 0
  Verdict verdict = Verdict::kUndecided;  // JudgeGain
};

// `identities` are the queries' identities, row for row with the cells. Only queries valid in both
// cells count (the rules depend on identities and cameras alone, so they are the same queries).
// `paragon_map` is absent where no paragon exists.
Compatibility JudgeCompatibility(const CellScores& old_self, const CellScores& cross,
                                 std::optional<double> paragon_map,
                                 const std::vector<std::string>& identities, uint64_t seed,
                                 int resamples = 2000);

}  // namespace bcr
