#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/compare/comparison.h"
#include "reports/result.h"

namespace bcr {

// Whether a result is as good as a stored one. reports/GATE.md says how it is decided, and how
// often the answer is wrong.
struct GateOptions {
  // Fraction every figure may get worse by; absent: what the table of metrics says of it.
  std::optional<double> tolerance;
  std::map<std::string, double> tolerances;  // by figure, as FigureMeant spells it
  // How often any figure may fail by chance alone where both results are equally good.
  double level = 0.05;
  // A figure fails wherever it is worse by more than its tolerance, whatever chance could do.
  bool by_value = false;
  uint64_t seed = 1;  // of the flips of signs
};

struct GateLine {
  std::string cell, figure;  // cell: "" for a figure of the whole upgrade
  double baseline = 0, run = 0;
  double tolerance = 0;
  // "ok", "better" (its paired 95 % interval lies on the better side of 0), "WORSE"; "" where it is
  // shown and not judged.
  std::string verdict;
  std::optional<Estimate> difference;  // run - baseline, paired by query; absent without a test
  // Of the test of all judged figures together, adjusted for them (eval/statistics/family_test.h);
  // absent where the figure was judged by its value.
  std::optional<double> p_value;
  // The least true worsening that this test set shows four times in five; absent where it has none.
  std::optional<double> shown_from;
};

// A condition that is no figure: "verdict" (must not fall to no), "compatible" (must be yes).
struct GateCheck {
  std::string name;
  bool passed = true;
  std::string says;  // one sentence
};

struct GateReport {
  std::string baseline, run;  // paths; baseline "" where there is none
  std::string cross =
      "new/old";  // the cell in which the upgrade's new queries meet its old gallery
  GateOptions options;
  std::vector<GateLine> judged, shown;
  std::vector<GateCheck> checks;

  size_t Worse() const;  // judged figures that fail
  bool Passed() const;
};

// Parses "map=0.005,cmc1=0.01" or "0.005" (all figures) into options. Throws kUsage with a
// suggestion.
void ParseTolerance(const std::string& text, GateOptions& options);

// Judges the figures of the baseline that the table of metrics has watched, of each cell but reverse
// ones (an older model searching a newer gallery) and those of `paragon`, and of the whole upgrade;
// whatever a tolerance names; and the verdict, which must not fall to `no`. Shows, unjudged, those
// that the table has shown.
// Throws kConfig where the two cannot be held against each other: other policy, distance, ties,
// metrics' revision, queries or gallery; kData where the run lacks a cell or figure of the baseline
// (or, unless by value, per-query files); kUsage, with a suggestion, for a tolerance on what is
// no figure of the baseline.
GateReport JudgeGate(const Result& baseline, const Result& run, const Comparison& comparison,
                     const GateOptions& options);

// The check that the run's own verdict is yes, or, with `allow_undecided`, not no. Throws kData
// where it has none.
GateCheck CheckCompatible(const Result& run, bool allow_undecided);

}  // namespace bcr
