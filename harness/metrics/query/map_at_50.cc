#include "harness/metrics/metric.h"

namespace bcr {
namespace {

// The mean, over the matches among the first k items, of the precision at each: 1 for a single match
// at rank 1 whatever follows it, and 0 where there is none. It is not AP cut off at k, which divides
// by all matches.
double MapAt(const RankedQuery& query, uint32_t k) {
  double sum = 0, found = 0;
  for (const uint32_t rank : query.ranks) {
    if (rank > k) break;
    found += 1;
    sum += found / rank;
  }
  return found > 0 ? sum / found : 0;
}

}  // namespace

const MetricInfo& metric_map_at_50() {
  static const MetricInfo info = {
      .name = "map_at_50",
      .label = "mAP@50",
      .aliases = {"map@50"},
      .about = "mean precision at the matches among the first 50 items",
      .source = "map@k of Open Metric Learning",
      .print = {.comparison = true},
      .query = QueryPart{.rank = 50, .of = MapAt, .column = "ap_at_50"}};
  return info;
}

}  // namespace bcr
