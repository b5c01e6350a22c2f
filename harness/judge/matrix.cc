#include "harness/judge/matrix.h"

#include "harness/eval/upgrade/upgrade_matrix.h"
#include "harness/judge/graph.h"

namespace bcr {

MatrixFigures MatrixSection(const GraphRequest& request, const std::vector<ScoredCell>& cells) {
  MatrixFigures figures;
  figures.models = request.chain;
  std::vector<std::vector<const CellScores*>> matrix(request.chain.size());
  const ScoredCell* any = nullptr;  // all cells show the same queries
  for (size_t t = 0; t < request.chain.size(); ++t) {
    auto& row = figures.map_hits.emplace_back();
    for (size_t k = 0; k <= t; ++k) {
      const ScoredCell* cell = FindScored(cells, {request.chain[t], request.chain[k]});
      matrix[t].push_back(cell == nullptr ? nullptr : &cell->scores);
      row.push_back(cell == nullptr ? std::nullopt : std::optional(cell->scores.map_hits));
      if (any == nullptr) any = cell;
    }
  }
  const MatrixScores scores = ScoreMatrix(matrix, any->identities, StatisticsOf(request.options));
  const auto queries = static_cast<size_t>(any->record.valid_queries);
  const auto add = [&](const char* name, const Estimate& estimate) {
    if (const auto metric = ToMetric(estimate, queries)) {
      figures.values[name] = *metric;
    } else {
      figures.reasons[name] = estimate.reason;
    }
  };
  add("ac", scores.ac);
  add("ac_decided", scores.ac_decided);
  add("am", scores.am);
  add("bc", scores.bc);
  add("fc", scores.fc);
  return figures;
}

}  // namespace bcr
