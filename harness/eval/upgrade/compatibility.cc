#include "harness/eval/upgrade/compatibility.h"

#include <fmt/core.h>

#include <cmath>

#include "harness/core/error.h"

namespace bcr {

const char* VerdictName(Verdict verdict) {
  switch (verdict) {
    case Verdict::kYes:
      return "yes";
    case Verdict::kNo:
      return "no";
    case Verdict::kUndecided:
      break;
  }
  return "undecided";
}

Verdict JudgeGain(const Estimate& gain) {
  if (!gain.low) return Verdict::kUndecided;
  if (*gain.low > 0) return Verdict::kYes;
  return *gain.high <= 0 ? Verdict::kNo : Verdict::kUndecided;
}

Compatibility JudgeCompatibility(const CellScores& old_self, const CellScores& cross,
                                 std::optional<double> paragon_map,
                                 const std::vector<std::string>& identities, uint64_t seed,
                                 int resamples) {
  const size_t n = old_self.queries.size();
  if (cross.queries.size() != n || identities.size() != n) {
    throw Error(ErrorCode::kData,
                {.where = "compatibility of two cells",
                 .found = fmt::format("{} queries in old/old, {} in the cross cell, {} identities",
                                      n, cross.queries.size(), identities.size()),
                 .expected = "the same queries in both"});
  }
  if (paragon_map && !std::isfinite(*paragon_map)) {
    throw Error(ErrorCode::kData, {.where = "compatibility: mAP of the paragon",
                                   .found = fmt::format("{}", *paragon_map),
                                   .expected = "a finite number"});
  }
  std::vector<double> gains(n);
  std::vector<bool> valid(n);
  for (size_t i = 0; i < n; ++i) {
    valid[i] = old_self.queries[i].valid && cross.queries[i].valid;
    gains[i] = cross.queries[i].ap_hits - old_self.queries[i].ap_hits;
  }
  Compatibility result;
  const Estimate gain =
      Bootstrap({{gains, valid}}, identities, {MeanOf(0)}, {.seed = seed, .resamples = resamples})
          .front();
  const double value = *gain.value;
  result.gain = {value, gain.low.value_or(value), gain.high.value_or(value)};
  result.has_interval = gain.low.has_value();
  if (paragon_map && *paragon_map > old_self.map_hits) {
    result.update_gain = result.gain.value / (*paragon_map - old_self.map_hits);
  }
  result.verdict = JudgeGain(gain);
  return result;
}

}  // namespace bcr
