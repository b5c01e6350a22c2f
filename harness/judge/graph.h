#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/time_split.h"
#include "harness/judge/cells.h"
#include "harness/judge/models.h"
#include "harness/judge/options.h"
#include "reports/sections.h"

namespace bcr {

// The models of one upgrade, by key.
struct UpgradeNames {
  std::string old_model = "old", new_model = "new";
  std::string paragon = "paragon";  // need not be a model of the graph
};

// Scores one cell; `score` does it from the cell's rows. A caller may look into its store instead,
// and need not keep the means: the record gives map_hits.
using CellScorer =
    std::function<CellScores(const CellName& cell, const std::function<CellScores()>& score)>;

// What is to be judged: any number of models, the cells between them, and what to say of them.
struct GraphRequest {
  std::vector<ModelRows> models;  // in the order of making: of two, the earlier one is the older
  std::vector<CellName> cells;    // in the order of the result
  std::optional<UpgradeNames> upgrade;
  std::vector<std::string> chain;  // keys in the order of making, for the matrix; empty: none
  SectionsAsked asked;
  JudgeOptions options;
  CellRowsMaker rows;       // of a cell; empty: RowsOfCell by options.widths
  CellScorer scorer;        // empty: from the rows
  bool keep_going = false;  // a cell that fails is recorded as failed; else its error is thrown
};

struct Judgement {
  std::vector<ScoredCell> cells;                     // one for each of the request, in its order
  std::optional<CompatibilityRecord> compatibility;  // absent without its two cells
  Sections sections;
  TimeSplit time;  // "scoring", "statistics", "pairs", "backfill", "slices", "search", ...
};

// From rows to figures: scores every cell, then JudgeCells. Deterministic in options.seed. Throws
// kUsage where a section is asked for that these models or options cannot have (before anything is
// scored), what scoring throws (but see keep_going), and kInterrupted.
Judgement JudgeGraph(const GraphRequest& request);

// The second half alone, for cells that were scored elsewhere: fills compatibility and sections
// from judgement.cells. Failed cells are left out: what needs them is absent.
void JudgeCells(const GraphRequest& request, Judgement& judgement);

// The rows of a cell, by the request's own maker or by the width policy.
CellRows RowsOf(const GraphRequest& request, const CellName& cell);

// An estimate as a section holds it: without a value, the reason alone.
ValueOrReason ToValue(const Estimate& estimate);

}  // namespace bcr
