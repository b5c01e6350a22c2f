#include "harness/metrics/metric.h"
#include "harness/metrics/upgrade_scores.h"

namespace bcr {
namespace {

constexpr const char* kSource =
    "Pan et al., \"Boundary-Aware Backward-Compatible Representation via Adversarial Learning in "
    "Image Retrieval\" (AdvBCT), CVPR 2023";

}  // namespace

const MetricInfo& metric_p_up() {
  static const MetricInfo info = {
      .name = "p_up",
      .about = "sigmoid((M(new, new) - M(*, *)) / M(*, *))",
      .source = kSource,
      .print = {.line = "P_up", .line_about = "50: as good as the paragon", .comparison = true},
      .upgrade = UpgradePart{.of = PUp,
                             .needs_new = true,
                             .needs_paragon = true,
                             .undefined = "the paragon finds nothing"}};
  return info;
}

const MetricInfo& metric_p_comp() {
  static const MetricInfo info = {
      .name = "p_comp",
      .about = "sigmoid(update gain)",
      .source = kSource,
      .print = {.line = "P_comp",
                .line_about = "50: no gain over old, 73.1: reaches the paragon",
                .comparison = true},
      .upgrade = UpgradePart{.of = PComp,
                             .needs_paragon = true,
                             .undefined = "the paragon does not beat the old model"}};
  return info;
}

const MetricInfo& metric_p_1() {
  static const MetricInfo info = {
      .name = "p_1",
      .about = "harmonic mean of P_up and P_comp",
      .source = kSource,
      .print = {.line = "P_1", .line_about = "harmonic mean of the two", .comparison = true},
      .upgrade = UpgradePart{.of = POne,
                             .needs_new = true,
                             .needs_paragon = true,
                             .undefined = "the paragon does not beat the old model"}};
  return info;
}

}  // namespace bcr
