#include "harness/judge/search.h"

#include <algorithm>
#include <map>

#include "harness/core/progress.h"
#include "harness/judge/graph.h"
#include "harness/judge/progress.h"
#include "harness/search/search_cost.h"

namespace bcr {
namespace {

SearchFigures::Figures FiguresOf(const CellScores& scores) {
  const auto at = [&](size_t rank) {
    return scores.cmc.empty() ? 0.0 : scores.cmc[std::min(rank, scores.cmc.size()) - 1];
  };
  return {scores.map_hits, at(1), at(5), at(10)};
}

SearchFigures::Cell CellOf(const ScoredCell& cell, const SearchCost& cost) {
  return {cell.record.query_model,     cell.record.gallery_model, cost.recall_at_1,
          cost.recall_at_10,           cost.recall_at_k,          FiguresOf(cell.scores),
          FiguresOf(cost.approximate), FiguresOf(cost.truncated)};
}

SearchFigures::Judged JudgedBy(const Estimate& gain) {
  const double value = *gain.value;
  return {value, gain.low.value_or(value), gain.high.value_or(value), VerdictName(JudgeGain(gain))};
}

}  // namespace

void RequireSearch() { RequireSearchEngine(); }

SearchFigures SearchSection(const GraphRequest& request, const std::vector<ScoredCell>& cells) {
  ApproximateOptions options;
  options.threads = request.options.scoring.threads;
  SearchFigures figures;
  figures.index = request.asked.search;
  std::map<std::string, SearchCost> costs;
  Progress progress("approximate search", static_cast<int64_t>(request.cells.size()), "cells",
                    request.options.quiet, kShownAfter);
  for (size_t c = 0; c < request.cells.size(); ++c) {
    progress.Update(static_cast<int64_t>(c));
    const CellName& name = request.cells[c];
    const ScoredCell* cell = FindScored(cells, name);
    if (cell == nullptr) continue;
    const CellRows rows = RowsOf(request, name);
    const SearchCost cost =
        MeasureSearch(request.asked.search, *rows.query, *rows.query_index, *rows.gallery,
                      *rows.gallery_index, request.options.scoring, options);
    figures.k = cost.k;
    figures.cells.push_back(CellOf(*cell, cost));
    costs[name.Text()] = cost;
  }
  if (!request.upgrade) return figures;
  const CellName self = {request.upgrade->old_model, request.upgrade->old_model};
  const CellName cross = {request.upgrade->new_model, request.upgrade->old_model};
  const auto old_cost = costs.find(self.Text()), new_cost = costs.find(cross.Text());
  if (old_cost == costs.end() || new_cost == costs.end()) return figures;
  const ScoredCell& old_self = *FindScored(cells, self);
  const SearchUpgrade judged =
      JudgeSearch(old_self.scores, FindScored(cells, cross)->scores, old_cost->second,
                  new_cost->second, old_self.identities, StatisticsOf(request.options));
  figures.compatibility = {JudgedBy(judged.exact), JudgedBy(judged.truncated),
                           JudgedBy(judged.approximate)};
  return figures;
}

}  // namespace bcr
