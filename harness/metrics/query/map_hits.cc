#include "harness/metrics/metric.h"

namespace bcr {

const MetricInfo& metric_map_hits() {
  static const MetricInfo info = {
      .name = "map_hits",
      .label = "mAP",
      .aliases = {"map"},
      .about = "AP by precision at hits",
      .source = "(1/G) sum i / r_i over the ranks r_i of the G matches",
      .gate = {.watched = true},
      .print = {.column = "mAP", .interval = true, .place = 1, .comparison = true},
      .query = QueryPart{.value = QueryValue::kApHits, .in_upgrade = true}};
  return info;
}

}  // namespace bcr
