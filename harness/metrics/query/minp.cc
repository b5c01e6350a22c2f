#include "harness/metrics/metric.h"

namespace bcr {

const MetricInfo& metric_minp() {
  static const MetricInfo info = {
      .name = "minp",
      .label = "mINP",
      .about = "mean inverse negative penalty: the number of matches over the last match's rank",
      .source = "Ye et al., \"Deep Learning for Person Re-identification\", TPAMI 2021",
      .gate = {.shown = true},
      .print = {.column = "mINP", .place = 5, .comparison = true},
      .query = QueryPart{.value = QueryValue::kInp, .in_upgrade = true}};
  return info;
}

}  // namespace bcr
