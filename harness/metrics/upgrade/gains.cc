#include "harness/metrics/metric.h"
#include "harness/metrics/upgrade_scores.h"

namespace bcr {

const MetricInfo& metric_gain() {
  static const MetricInfo info = {
      .name = "gain",
      .label = "gain",
      .about = "M(new, old) - M(old, old)",
      .source =
          "the empirical criterion of Shen et al., \"Towards Backward-Compatible "
          "Representation Learning\", CVPR 2020",
      .unit = Unit::kDifference,
      .gate = {.watched = true},
      .print = {.comparison = true},
      .upgrade =
          UpgradePart{.of = [](const CellMeans& means) { return std::optional(Gain(means)); },
                      .difference = std::pair(UpgradeCell::kCross, UpgradeCell::kOldSelf),
                      .undefined = "no valid query"},
      .change = ChangePart{.of = "map_hits",
                           .change = [](double before, double now) { return now - before; }}};
  return info;
}

const MetricInfo& metric_relative_gain() {
  static const MetricInfo info = {
      .name = "relative_gain",
      .about = "the gain over M(old, old)",
      .source = "derived from the gain",
      .unit = Unit::kRatio,
      .upgrade = UpgradePart{.of = RelativeGain, .undefined = "the old model finds nothing"}};
  return info;
}

const MetricInfo& metric_reverse_gain() {
  static const MetricInfo info = {
      .name = "reverse_gain",
      .about = "M(old, new) - M(old, old): old queries on the new gallery",
      .source = "derived from the gain",
      .unit = Unit::kDifference,
      .upgrade = UpgradePart{.of = ReverseGain,
                             .difference = std::pair(UpgradeCell::kReverse, UpgradeCell::kOldSelf),
                             .needs_reverse = true}};
  return info;
}

const MetricInfo& metric_update_gain() {
  static const MetricInfo info = {
      .name = "update_gain",
      .label = "update gain",
      .about = "the gain over M(*, *) - M(old, old)",
      .source = "Shen et al., \"Towards Backward-Compatible Representation Learning\", CVPR 2020",
      .unit = Unit::kRatio,
      .print = {.line = "update gain",
                .line_about = "of what full re-extraction by the paragon would bring",
                .comparison = true},
      .upgrade = UpgradePart{.of = UpdateGain,
                             .needs_paragon = true,
                             .undefined = "the paragon does not beat the old model"}};
  return info;
}

const MetricInfo& metric_paragon_gain() {
  static const MetricInfo info = {
      .name = "paragon_gain",
      .about = "M(*, *) - M(old, old): what full re-extraction by the paragon would bring",
      .source = "the divisor of the update gain",
      .unit = Unit::kDifference,
      .upgrade = UpgradePart{.of = ParagonGain,
                             .difference = std::pair(UpgradeCell::kParagon, UpgradeCell::kOldSelf),
                             .needs_paragon = true}};
  return info;
}

const MetricInfo& metric_upper_bound_fraction() {
  static const MetricInfo info = {
      .name = "upper_bound_fraction",
      .about = "M(new, old) / M(new, new): how much of the full re-extraction is reached already",
      .source = "derived from the cells",
      .unit = Unit::kRatio,
      .print = {.line = "of new self", .line_about = "cross mAP as a share of new/new"},
      .upgrade = UpgradePart{
          .of = UpperBoundFraction, .needs_new = true, .undefined = "the new model finds nothing"}};
  return info;
}

}  // namespace bcr
