#include "harness/metrics/metric.h"

namespace bcr {
namespace {

constexpr const char* kSource =
    "the pairwise criterion of Shen et al., \"Towards Backward-Compatible Representation "
    "Learning\", CVPR 2020";

}  // namespace

const MetricInfo& metric_pairs_same() {
  static const MetricInfo info = {
      .name = "pairs.same",
      .about = "share of same-identity pairs no further apart in new/old than in old/old",
      .source = kSource,
      .print = {.line = "pairs, same",
                .line_about = "of same-identity pairs no further apart than before",
                .comparison = true}};
  return info;
}

const MetricInfo& metric_pairs_different() {
  static const MetricInfo info = {
      .name = "pairs.different",
      .about = "share of other pairs no nearer in new/old than in old/old",
      .source = kSource,
      .print = {.line = "pairs, different",
                .line_about = "of other pairs no nearer than before",
                .comparison = true}};
  return info;
}

}  // namespace bcr
