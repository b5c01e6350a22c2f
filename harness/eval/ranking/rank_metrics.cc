#include "harness/eval/ranking/rank_metrics.h"

#include <algorithm>

#include "harness/core/error.h"
#include "harness/metrics/table.h"

namespace bcr {

QueryScore ScoreRanks(const std::vector<uint32_t>& ranks) {
  QueryScore score;
  if (ranks.empty()) return score;
  double hits = 0, trapezoid = 0;
  for (size_t i = 0; i < ranks.size(); ++i) {
    const double rank = ranks[i];
    const double precision = static_cast<double>(i + 1) / rank;
    const double previous = ranks[i] == 1 ? 1.0 : static_cast<double>(i) / (rank - 1);
    hits += precision;
    trapezoid += (previous + precision) / 2;
  }
  const double matches = static_cast<double>(ranks.size());
  score.valid = true;
  score.matches = static_cast<uint32_t>(ranks.size());
  score.first_rank = ranks.front();
  score.last_rank = ranks.back();
  score.ap_hits = hits / matches;
  score.ap_trapezoid = trapezoid / matches;
  score.inp = matches / ranks.back();
  for (const MetricInfo* metric : RankMetrics()) {
    score.of_ranks.push_back(
        metric->query->of({ranks}, static_cast<uint32_t>(metric->query->rank)));
  }
  return score;
}

double HitWithin(const QueryScore& query, int k) {
  if (!query.valid || k < 1) return 0;
  if (query.hits.empty()) return query.first_rank <= static_cast<uint32_t>(k) ? 1 : 0;
  return query.hits[std::min(static_cast<size_t>(k), query.hits.size()) - 1];
}

std::optional<double> ValueOf(const QueryScore& query, const MetricInfo& metric) {
  BCR_CHECK(metric.query.has_value(), "a metric that queries have no value of");
  if (!query.valid) return {};
  switch (metric.query->value) {
    case QueryValue::kApHits:
      return query.ap_hits;
    case QueryValue::kApTrapezoid:
      return query.ap_trapezoid;
    case QueryValue::kInp:
      return query.inp;
    case QueryValue::kHitWithin:
      return HitWithin(query, metric.query->rank);
    case QueryValue::kOfRanks:
      break;
  }
  const size_t place = RankMetricPlace(metric);
  if (place >= query.of_ranks.size()) return {};
  return query.of_ranks[place];
}

void Summarize(CellScores& cell, int max_rank) {
  std::vector<size_t> first(static_cast<size_t>(max_rank) + 1, 0);
  std::vector<double> expected(static_cast<size_t>(max_rank), 0);  // of queries with `hits`
  double hits = 0, trapezoid = 0, inp = 0;
  cell.valid_queries = 0;
  for (const QueryScore& query : cell.queries) {
    if (!query.valid) continue;
    ++cell.valid_queries;
    hits += query.ap_hits;
    trapezoid += query.ap_trapezoid;
    inp += query.inp;
    if (query.hits.empty()) {
      if (query.first_rank < first.size()) ++first[query.first_rank];
      continue;
    }
    for (int k = 1; k <= max_rank; ++k) {
      expected[static_cast<size_t>(k) - 1] += HitWithin(query, k);
    }
  }
  const double n = static_cast<double>(std::max<size_t>(cell.valid_queries, 1));
  cell.map_hits = hits / n;
  cell.map_trapezoid = trapezoid / n;
  cell.minp = inp / n;
  cell.cmc.clear();
  size_t found = 0;
  for (size_t k = 1; k < first.size(); ++k) {
    found += first[k];
    cell.cmc.push_back((static_cast<double>(found) + expected[k - 1]) / n);
  }
}

}  // namespace bcr
