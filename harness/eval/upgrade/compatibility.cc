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
  const bool none = *gain.low == 0 && *gain.high == 0;
  return *gain.high < 0 || none ? Verdict::kNo : Verdict::kUndecided;
}

Estimate PairedGain(const CellScores& old_self, const CellScores& cross,
                    const std::vector<std::string>& identities, const EstimateOptions& options) {
  const size_t n = old_self.queries.size();
  if (cross.queries.size() != n || identities.size() != n) {
    throw Error(ErrorCode::kData,
                {.where = "gain of an upgrade",
                 .found = fmt::format("{} queries in old/old, {} in the cross cell, {} identities",
                                      n, cross.queries.size(), identities.size()),
                 .expected = "the same queries in both"});
  }
  std::vector<ValueColumn> columns(3, {std::vector<double>(n), std::vector<bool>(n)});
  for (size_t i = 0; i < n; ++i) {
    const double before = old_self.queries[i].ap_hits, now = cross.queries[i].ap_hits;
    const double values[] = {now - before, now, before};
    for (size_t c = 0; c < 3; ++c) {
      columns[c].valid[i] = old_self.queries[i].valid && cross.queries[i].valid;
      columns[c].values[i] = values[c];
    }
  }
  return EstimateAll(columns, identities, {DifferenceIn(0, 1, 2)}, options).front();
}

}  // namespace bcr
