#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/eval/scorer.h"
#include "harness/eval/statistics/bootstrap.h"
#include "harness/judge/sets.h"
#include "reports/result.h"
#include "reports/run_record.h"

namespace bcr {

// One scored (query model, gallery model) pair and what a report says of it.
struct ScoredCell {
  std::string query_model, gallery_model;
  CellScores scores;
  CellRecord record;
  SideFile queries;
};

// The rows of one cell: both sides in one width, that of the older model.
struct CellRows {
  std::shared_ptr<const RowSource> query, gallery;
};

// The rows with which models[query] searches models[gallery]. Throws kData where the widths differ
// and the request's policy does not serve.
CellRows RowsOf(const std::vector<OpenModel>& models, size_t query, size_t gallery,
                const std::string& widths);

// The cells the request asks for, in this order: first/first, then each later model: on its own
// gallery, on the earlier galleries, newest first; of old and new also the reverse. A paragon has
// its own gallery alone.
std::vector<std::pair<size_t, size_t>> PlannedCells(const ScoreRequest& request,
                                                    const std::vector<OpenModel>& models);

// Scores a cell and computes its metrics with intervals.
ScoredCell ScoreOneCell(const ScoreRequest& request, const std::vector<OpenModel>& models,
                        size_t query, size_t gallery);

const ScoredCell* FindScored(const std::vector<ScoredCell>& cells, const std::string& query_model,
                             const std::string& gallery_model);

BootstrapOptions BootstrapOf(const ScoreRequest& request);

// An estimate as a report holds it; without a value there is none.
std::optional<MetricValue> ToMetric(const Estimate& estimate, size_t n);

}  // namespace bcr
