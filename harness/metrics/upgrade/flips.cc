#include "harness/metrics/metric.h"

namespace bcr {
namespace {

constexpr const char* kSource =
    "Yan et al., \"Positive-Congruent Training: Towards Regression-Free Model Updates\", CVPR 2021";

// The figures of all ranks and both moments ("deployment": new/old, "end": new/new, each against
// old/old); those at rank 1 at deployment have entries of their own.
MetricInfo Family(const char* name, const char* about, bool higher_is_better) {
  return {.name = name,
          .about = about,
          .source = kSource,
          .unit = Unit::kRatio,
          .higher_is_better = higher_is_better};
}

}  // namespace

const MetricInfo& metric_nfr1() {
  static const MetricInfo info = {
      .name = "deployment.nfr1",
      .label = "negative flips",
      .aliases = {"nfr"},
      .about = "share of queries that were right at rank 1 in old/old and are wrong in new/old",
      .source = kSource,
      .higher_is_better = false,
      .gate = {.watched = true},
      .print = {.line = "negative flips",
                .line_about = "of queries right at rank 1 before, wrong now",
                .comparison = true},
      .change = ChangePart{.of = "cmc1", .change = [](double before, double now) {
                             return before == 1 && now == 0 ? 1.0 : 0.0;
                           }}};
  return info;
}

const MetricInfo& metric_pfr1() {
  static const MetricInfo info = {
      .name = "deployment.pfr1",
      .label = "positive flips",
      .aliases = {"pfr"},
      .about = "share of queries that were wrong at rank 1 in old/old and are right in new/old",
      .source = kSource,
      .print = {.line = "positive flips",
                .line_about = "of queries wrong at rank 1 before, right now",
                .comparison = true},
      .change = ChangePart{.of = "cmc1", .change = [](double before, double now) {
                             return before == 0 && now == 1 ? 1.0 : 0.0;
                           }}};
  return info;
}

const MetricInfo& metric_nfr() {
  static const MetricInfo info =
      Family("*.nfr*", "share of queries that were right within rank k and are wrong now", false);
  return info;
}

const MetricInfo& metric_pfr() {
  static const MetricInfo info =
      Family("*.pfr*", "share of queries that were wrong within rank k and are right now", true);
  return info;
}

const MetricInfo& metric_relative_nfr() {
  static const MetricInfo info =
      Family("*.relative_nfr*", "negative flips over those of independent errors", false);
  return info;
}

const MetricInfo& metric_trust() {
  static const MetricInfo info =
      Family("*.trust*", "share of the queries right before that are right now", true);
  return info;
}

const MetricInfo& metric_error_overlap() {
  static const MetricInfo info =
      Family("*.error_overlap*", "share of the queries wrong now that were wrong before", true);
  return info;
}

}  // namespace bcr
