#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/compare/comparison.h"
#include "reports/result.h"

namespace bcr {

// Whether a result is as good as a stored one.
struct GateOptions {
  // Fraction every figure may get worse by; absent: what the table of metrics says of it.
  std::optional<double> tolerance;
  std::map<std::string, double> tolerances;  // by figure, as FigureMeant spells it
  // A figure fails only where its paired interval excludes 0 as well. What has none (AC, areas of
  // backfill curves, ratios, P scores, a test set of one identity) is judged by its value.
  bool significant = false;
};

struct GateLine {
  std::string cell, figure;  // cell: "" for a figure of the whole upgrade
  double baseline = 0, run = 0;
  double tolerance = 0;
  std::string verdict;  // "ok", "better", "WORSE"
  std::string detail;   // the change, with its interval or how it was judged without one
};

// Parses "map=0.005,cmc1=0.01" or "0.005" (all figures) into options. Throws kUsage with a
// suggestion.
void ParseTolerance(const std::string& text, GateOptions& options);

// Judges every gated figure of the baseline: the metrics that the table of metrics has watched, of
// each cell but reverse ones (an older model searching a newer gallery) and those of `paragon`; its
// watched figures of the whole upgrade; and whatever a tolerance names.
// Throws kConfig where the two cannot be held against each other: other policy, distance, ties,
// metrics' revision, queries or gallery; kData where the run lacks a cell or figure of the baseline
// (or, with `significant`, per-query files); kUsage, with a suggestion, for a tolerance on what is
// no figure of the baseline.
std::vector<GateLine> JudgeGate(const Result& baseline, const Result& run,
                                const Comparison& comparison, const GateOptions& options);

}  // namespace bcr
