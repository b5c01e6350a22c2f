#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/eval/scorer.h"
#include "harness/eval/statistics/estimate.h"
#include "harness/judge/models.h"
#include "harness/judge/options.h"
#include "reports/per_query.h"
#include "reports/result.h"
#include "reports/run_record.h"

namespace bcr {

// One scored cell and what a result says of it.
struct ScoredCell {
  CellScores scores;                    // empty where record.status is "failed"
  std::vector<std::string> identities;  // of the queries, row for row
  CellRecord record;                    // per_query names `queries`
  // The per-query values, to be stored beside the result; empty where a store keeps them.
  SideFile queries;
};

// Who multiplies a cell's rows: re-ranked, on a device, or on the CPU, as the options say. `rows` must
// outlive it.
std::unique_ptr<BlockSource> SourceOfCell(const CellRows& rows, const JudgeOptions& options);

// Scores a cell as the options say: re-ranked, on a device, or on the CPU. `title` is that of the
// progress.
CellScores ScoreCellRows(const CellRows& rows, const JudgeOptions& options,
                         const std::string& title);

// The record of scored queries: counts, curve and metrics with intervals; per_query is left absent.
// Throws kData where no query is valid.
CellRecord RecordCell(const CellName& name, const CellScores& scores,
                      const std::vector<std::string>& identities, const EstimateOptions& options);

// The lines of a cell's per-query file; with lists where the scores have them, for which the
// gallery's index must be given.
std::vector<PerQueryRow> PerQueryRows(const CellScores& scores, const FeatureIndex& query,
                                      const FeatureIndex* gallery = nullptr);

// Record and side file of a cell scored from `rows`, whoever scored it.
ScoredCell DescribeCell(const CellName& name, CellScores scores, const FeatureIndex& query,
                        const FeatureIndex& gallery, const EstimateOptions& options);

// The cell of that name, or null where it is not there or failed.
const ScoredCell* FindScored(const std::vector<ScoredCell>& cells, const CellName& name);

// The cells that feature sets given oldest first allow, in this order: first/first, then each later
// model on its own gallery and on the earlier galleries, newest first; but for a chain, also the
// first model on the gallery of the second (the reverse), and of a model `paragon` its own gallery
// alone.
std::vector<CellName> PlannedCells(const std::vector<ModelRows>& models, bool chain);

// An estimate as a result holds it; absent without a value.
std::optional<MetricValue> ToMetric(const Estimate& estimate, size_t n);

}  // namespace bcr
