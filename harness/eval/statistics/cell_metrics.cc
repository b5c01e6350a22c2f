#include "harness/eval/statistics/cell_metrics.h"

#include <algorithm>

#include "harness/eval/statistics/bounded_mean.h"
#include "harness/eval/statistics/group_table.h"
#include "harness/metrics/table.h"

namespace bcr {
namespace {

constexpr const char* kNoRanks =
    "it is defined by the rank of each match; with ties in the mean a match has no single rank";

// The queries' values; absent where a valid query has none.
std::optional<ValueColumn> ColumnOf(const CellScores& cell, const MetricInfo& metric) {
  ValueColumn column;
  for (const QueryScore& query : cell.queries) {
    const std::optional<double> value = ValueOf(query, metric);
    if (query.valid && !value) return std::nullopt;
    column.valid.push_back(query.valid);
    column.values.push_back(value.value_or(0));
  }
  return column;
}

// A rate of hits is a point of the stored curve.
void TakeFromCurve(const CellScores& cell, const QueryPart& part, Estimate& estimate) {
  const auto rank = static_cast<size_t>(part.rank);
  if (part.value != QueryValue::kHitWithin || rank > cell.cmc.size()) return;
  estimate.value = cell.cmc[rank - 1];
}

}  // namespace

IdentityCount CountIdentities(const CellScores& cell, const std::vector<std::string>& identities) {
  ValueColumn column{std::vector<double>(identities.size()), {}};
  for (const QueryScore& query : cell.queries) column.valid.push_back(query.valid);
  const GroupTable table({std::move(column)}, identities);
  return {table.groups(), table.groups() == 0 ? 0 : EffectiveIdentities(table, 0)};
}

std::vector<CellMetric> EstimateCellMetrics(const CellScores& cell,
                                            const std::vector<std::string>& identities,
                                            const EstimateOptions& options) {
  std::vector<ValueColumn> columns;
  std::vector<Statistic> statistics;
  std::vector<CellMetric> metrics;
  std::vector<size_t> places;  // of the metrics that have a column
  for (const MetricInfo* metric : QueryMetrics()) {
    metrics.push_back({metric->name, {}});
    std::optional<ValueColumn> column = ColumnOf(cell, *metric);
    if (!column) {
      metrics.back().estimate.reason = kNoRanks;
      continue;
    }
    const bool share = metric->query->value == QueryValue::kHitWithin;
    statistics.push_back(share ? ShareOf(columns.size()) : LevelOf(columns.size()));
    columns.push_back(std::move(*column));
    places.push_back(metrics.size() - 1);
  }
  std::vector<Estimate> estimates = EstimateAll(columns, identities, statistics, options);
  for (size_t i = 0; i < places.size(); ++i) {
    TakeFromCurve(cell, *QueryMetrics()[places[i]]->query, estimates[i]);
    metrics[places[i]].estimate = std::move(estimates[i]);
  }
  return metrics;
}

}  // namespace bcr
