#include "harness/metrics/metric.h"

namespace bcr {

const MetricInfo& metric_backfill_area() {
  static const MetricInfo info = {
      .name = "backfill.*.area",
      .about = "area under the curve of mAP by the share of the gallery that is extracted again",
      .source = "derived from the curve",
      .gate = {.shown = true},
      .print = {.comparison = true}};
  return info;
}

}  // namespace bcr
