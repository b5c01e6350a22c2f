#include "harness/metrics/metric.h"

namespace bcr {
namespace {

constexpr const char* kAbout =
    "share of queries whose AP falls by more than 0.05 (by 1e-9 at least)";
constexpr const char* kSource = "derived from the APs of each query";

}  // namespace

const MetricInfo& metric_ap_drop_rate() {
  static const MetricInfo info = {
      .name = "deployment.ap_drop_rate",
      .about = kAbout,
      .source = kSource,
      .higher_is_better = false,
      .print = {.line = "AP drops", .line_about = "of queries lose more than 5 points of AP"}};
  return info;
}

const MetricInfo& metric_ap_drop_rates() {
  static const MetricInfo info = {
      .name = "*.ap_drop_rate", .about = kAbout, .source = kSource, .higher_is_better = false};
  return info;
}

const MetricInfo& metric_mean_negative_change() {
  static const MetricInfo info = {.name = "*.mean_negative_change",
                                  .about = "mean over queries of min(0, change of AP)",
                                  .source = kSource,
                                  .unit = Unit::kDifference};
  return info;
}

}  // namespace bcr
