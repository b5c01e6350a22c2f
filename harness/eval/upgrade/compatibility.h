#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/eval/scorer.h"
#include "harness/eval/statistics/bootstrap.h"

namespace bcr {

enum class Verdict { kYes, kNo, kUndecided };
const char* VerdictName(Verdict verdict);  // "yes", "no", "undecided"

// What the four cells say about an upgrade, on AP by precision at hits (compatibility sheet,
// section 4).
struct Compatibility {
  Interval gain;  // cross - old/old, paired per query, identities resampled together
  std::optional<double>
      update_gain;  // gain / (paragon self - old self); absent where the denominator is <= 0
  Verdict verdict = Verdict::kUndecided;  // yes: interval above 0; no: at or below 0 (high <= 0) ;
                                          // undecided otherwise
};

// `identities` are the queries' identities, row for row with the cells. Only queries valid in both
// cells count (the rules depend on identities and cameras alone, so they are the same queries).
// `paragon_map` is absent where no paragon exists.
Compatibility JudgeCompatibility(const CellScores& old_self, const CellScores& cross,
                                 std::optional<double> paragon_map,
                                 const std::vector<std::string>& identities, uint64_t seed,
                                 int resamples = 2000);

}  // namespace bcr
