#include "harness/metrics/metric.h"

namespace bcr {

const MetricInfo& metric_map_trapezoid() {
  static const MetricInfo info = {
      .name = "map_trapezoid",
      .label = "mAP, trapezoid",
      .about = "area under the precision-recall curve by the trapezoid rule",
      .source = "Oxford buildings tool; evaluation code of Market-1501 (Zheng et al., ICCV 2015)",
      .print = {.column = "mAP, trap.", .place = 6},
      .query = QueryPart{.value = QueryValue::kApTrapezoid, .in_upgrade = true}};
  return info;
}

}  // namespace bcr
