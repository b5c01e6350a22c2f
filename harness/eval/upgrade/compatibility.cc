#include "harness/eval/upgrade/compatibility.h"

#include <fmt/core.h>

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

Estimate PairedGain(const CellScores& old_self, const CellScores& cross,
                    const std::vector<std::string>& identities, const BootstrapOptions& options) {
  const size_t n = old_self.queries.size();
  if (cross.queries.size() != n || identities.size() != n) {
    throw Error(ErrorCode::kData,
                {.where = "gain of an upgrade",
                 .found = fmt::format("{} queries in old/old, {} in the cross cell, {} identities",
                                      n, cross.queries.size(), identities.size()),
                 .expected = "the same queries in both"});
  }
  ValueColumn gains{std::vector<double>(n), std::vector<bool>(n)};
  for (size_t i = 0; i < n; ++i) {
    gains.valid[i] = old_self.queries[i].valid && cross.queries[i].valid;
    gains.values[i] = cross.queries[i].ap_hits - old_self.queries[i].ap_hits;
  }
  return Bootstrap({gains}, identities, {MeanOf(0)}, options).front();
}

}  // namespace bcr
