#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "harness/eval/statistics/estimate.h"
#include "harness/eval/upgrade/compatibility.h"
#include "harness/eval/upgrade/flips.h"

namespace bcr {

// The cells of one upgrade, on the same queries and the same gallery images. Borrowed.
struct UpgradeCells {
  const CellScores* old_self = nullptr;      // old queries, old gallery
  const CellScores* cross = nullptr;         // new queries, old gallery
  const CellScores* new_self = nullptr;      // new queries, new gallery; optional
  const CellScores* reverse = nullptr;       // old queries, new gallery; optional
  const CellScores* paragon_self = nullptr;  // optional
};

struct UpgradeOptions {
  EstimateOptions bootstrap;
  std::vector<int> flip_ranks = {1, 5, 10};
  double ap_tolerance = 0.05;  // of a drop
};

// One figure of an upgrade, by the name the table of metrics gives it.
struct UpgradeFigure {
  std::string name;
  Estimate estimate;
};

// Every figure that the table of metrics makes of the means of one query metric, over the queries
// valid in every cell given. What needs a cell that was not given is absent and says so.
struct UpgradeGains {
  std::string metric;  // of queries
  Estimate old_self, cross, new_self, reverse, paragon_self;
  std::vector<UpgradeFigure> figures;  // in the order of the table
  // The figure of this name ("gain"). Throws kInternal where there is none.
  const Estimate& operator[](std::string_view name) const;
  // The empirical criterion M(new, old) > M(old, old), strict. JudgeGain says how.
  Verdict verdict = Verdict::kUndecided;
};

// Where an upgrade stands at two moments, each against the old model on the old gallery.
struct UpgradeRegressions {
  std::vector<Flips> flips;  // one a rank of UpgradeOptions::flip_ranks
  ApDrops ap_drops;
};

struct UpgradeReport {
  size_t queries = 0;                     // valid in every cell given
  size_t identities = 0;                  // of these queries
  std::vector<UpgradeGains> gains;        // by metric, the headline first
  Verdict verdict = Verdict::kUndecided;  // of the headline
  UpgradeRegressions at_deployment;       // (new, old) against (old, old)
  UpgradeRegressions at_end;  // (new, new) against (old, old); without new_self reasons alone
};

// `identities` are the queries', row for row with the cells. Deterministic in the seed; the same
// half-samples serve every figure. Throws kData where a needed cell is missing, cells differ in length
// or no query is valid in all of them.
UpgradeReport ReportUpgrade(const UpgradeCells& cells, const std::vector<std::string>& identities,
                            const UpgradeOptions& options);

}  // namespace bcr
