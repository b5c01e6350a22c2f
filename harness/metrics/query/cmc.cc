#include "harness/metrics/metric.h"

namespace bcr {
namespace {

// The cumulative matching characteristic at rank k: the share of queries with a match within it.
MetricInfo AtRank(int rank, int place) {
  const std::string k = std::to_string(rank);
  return {.name = "cmc" + k,
          .label = "rank-" + k,
          .aliases = {"rank-" + k, "rank" + k},
          .about = "share of queries with a match within rank " + k,
          .source = "Zheng et al., \"Scalable Person Re-identification\", ICCV 2015",
          .gate = {.watched = rank == 1, .shown = rank != 1},
          .print = {.column = "rank-" + k, .place = place, .comparison = true},
          .query = QueryPart{.value = QueryValue::kHitWithin, .rank = rank}};
}

}  // namespace

const MetricInfo& metric_cmc1() {
  static const MetricInfo info = [] {
    MetricInfo first = AtRank(1, 2);
    first.print.interval = true;
    first.query->in_upgrade = true;
    return first;
  }();
  return info;
}

const MetricInfo& metric_cmc5() {
  static const MetricInfo info = AtRank(5, 3);
  return info;
}

const MetricInfo& metric_cmc10() {
  static const MetricInfo info = AtRank(10, 4);
  return info;
}

}  // namespace bcr
