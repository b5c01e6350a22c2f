#include <algorithm>
#include <numeric>

#include "harness/core/error.h"
#include "harness/eval/ranking/rank_metrics.h"
#include "harness/eval/relevance.h"
#include "harness/eval/scorer.h"
#include "harness/metrics/table.h"

namespace bcr {

CellScores ScoreReference(MatrixView distances, const FeatureIndex& query,
                          const FeatureIndex& gallery, const ScoringOptions& options) {
  CheckQueries(query, options.policy);
  CellScores cell;
  const bool market = options.policy == Policy::kMarket;
  const bool by_camera = options.policy != Policy::kNone;
  for (size_t q = 0; q < query.size(); ++q) {
    const std::string& identity = query.identities[q];
    std::vector<size_t> order;
    for (size_t g = 0; g < gallery.size(); ++g) {
      const bool junk = gallery.identities[g] == "-1";
      const bool same = gallery.identities[g] == identity && gallery.cameras[g] == query.cameras[q];
      if (!(market && junk) && !(by_camera && same)) order.push_back(g);
    }
    std::stable_sort(order.begin(), order.end(),
                     [&](size_t a, size_t b) { return distances.row(q)[a] < distances.row(q)[b]; });
    QueryScore score;
    std::vector<uint32_t> ranks;
    for (size_t place = 0; place < order.size(); ++place) {
      if (gallery.identities[order[place]] != identity) continue;
      const double before = place == 0 ? 1.0 : score.matches / static_cast<double>(place);
      const double precision = ++score.matches / static_cast<double>(place + 1);
      score.last_rank = static_cast<uint32_t>(place + 1);
      ranks.push_back(score.last_rank);
      if (!score.valid) score.first_rank = score.last_rank;
      score.valid = true;
      score.ap_hits += precision;
      score.ap_trapezoid += (before + precision) / 2;
    }
    if (score.valid) {
      score.ap_hits /= score.matches;
      score.ap_trapezoid /= score.matches;
      score.inp = score.matches / static_cast<double>(score.last_rank);
      for (const MetricInfo* metric : RankMetrics()) {
        score.of_ranks.push_back(
            metric->query->of({ranks}, static_cast<uint32_t>(metric->query->rank)));
      }
    }
    cell.queries.push_back(score);
  }
  for (const std::string& identity : gallery.identities) {
    if (!market || identity != "-1") ++cell.gallery_size;
  }
  Summarize(cell, options.max_rank);
  if (cell.valid_queries == 0) Relevance(query, gallery, options.policy).RequireMatch();
  return cell;
}

}  // namespace bcr
