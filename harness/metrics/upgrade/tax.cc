#include "harness/metrics/metric.h"
#include "harness/metrics/upgrade_scores.h"

namespace bcr {

const MetricInfo& metric_tax() {
  static const MetricInfo info = {
      .name = "tax",
      .about = "M(*, *) - M(new, new): what compatibility costs the new model",
      .source = "derived from the cells",
      .unit = Unit::kDifference,
      .higher_is_better = false,
      .print = {.line = "cost", .line_about = "of mAP that compatibility takes from new/new"},
      .upgrade = UpgradePart{.of = Tax,
                             .difference = std::pair(UpgradeCell::kParagon, UpgradeCell::kNewSelf),
                             .needs_new = true,
                             .needs_paragon = true}};
  return info;
}

const MetricInfo& metric_relative_tax() {
  static const MetricInfo info = {.name = "relative_tax",
                                  .about = "the tax over M(*, *)",
                                  .source = "derived from the tax",
                                  .unit = Unit::kRatio,
                                  .higher_is_better = false,
                                  .upgrade = UpgradePart{.of = RelativeTax,
                                                         .needs_new = true,
                                                         .needs_paragon = true,
                                                         .undefined = "the paragon finds nothing"}};
  return info;
}

}  // namespace bcr
