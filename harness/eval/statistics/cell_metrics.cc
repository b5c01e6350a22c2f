#include "harness/eval/statistics/cell_metrics.h"

#include <array>

namespace bcr {
namespace {

// `rank` is that of a rate of hits, 0 for the mean of another value.
struct Figure {
  const char* name;
  double (*of)(const QueryScore&);
  int rank;
};

constexpr std::array kFigures = {
    Figure{"map_hits", [](const QueryScore& query) { return query.ap_hits; }, 0},
    Figure{"map_trapezoid", [](const QueryScore& query) { return query.ap_trapezoid; }, 0},
    Figure{"minp", [](const QueryScore& query) { return query.inp; }, 0},
    Figure{"cmc1", [](const QueryScore& query) { return HitWithin(query, 1); }, 1},
    Figure{"cmc5", [](const QueryScore& query) { return HitWithin(query, 5); }, 5},
    Figure{"cmc10", [](const QueryScore& query) { return HitWithin(query, 10); }, 10},
};

ValueColumn ColumnOf(const CellScores& cell, const Figure& figure) {
  ValueColumn column;
  for (const QueryScore& query : cell.queries) {
    column.valid.push_back(query.valid);
    column.values.push_back(query.valid ? figure.of(query) : 0.0);
  }
  return column;
}

}  // namespace

std::vector<CellMetric> EstimateCellMetrics(const CellScores& cell,
                                            const std::vector<std::string>& identities,
                                            const BootstrapOptions& options) {
  std::vector<ValueColumn> columns;
  std::vector<Statistic> statistics;
  for (const Figure& figure : kFigures) {
    statistics.push_back(figure.rank > 0 ? ShareOf(columns.size()) : MeanOf(columns.size()));
    columns.push_back(ColumnOf(cell, figure));
  }
  std::vector<Estimate> estimates = Bootstrap(columns, identities, statistics, options);
  std::vector<CellMetric> metrics;
  for (size_t f = 0; f < kFigures.size(); ++f) {
    const auto rank = static_cast<size_t>(kFigures[f].rank);
    if (rank > 0 && rank <= cell.cmc.size()) estimates[f].value = cell.cmc[rank - 1];
    metrics.push_back({kFigures[f].name, std::move(estimates[f])});
  }
  return metrics;
}

}  // namespace bcr
