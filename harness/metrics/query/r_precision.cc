#include "harness/metrics/metric.h"

namespace bcr {
namespace {

constexpr const char* kSource =
    "Musgrave, Belongie and Lim, \"A Metric Learning Reality Check\", ECCV 2020";

// R is the number of matches G: only the first G items count.
double RPrecision(const RankedQuery& query, uint32_t /*rank*/) {
  const size_t matches = query.ranks.size();
  size_t found = 0;
  while (found < matches && query.ranks[found] <= matches) ++found;
  return static_cast<double>(found) / static_cast<double>(matches);
}

double MapAtR(const RankedQuery& query, uint32_t /*rank*/) {
  const size_t matches = query.ranks.size();
  double sum = 0;
  for (size_t i = 0; i < matches && query.ranks[i] <= matches; ++i) {
    sum += static_cast<double>(i + 1) / query.ranks[i];
  }
  return sum / static_cast<double>(matches);
}

}  // namespace

const MetricInfo& metric_r_precision() {
  static const MetricInfo info = {
      .name = "r_precision",
      .label = "R-precision",
      .aliases = {"r-precision", "rprecision"},
      .about = "share of matches among the first G items, where G is the number of matches",
      .source = kSource,
      .print = {.comparison = true},
      .query = QueryPart{.of = RPrecision, .column = "r_precision"}};
  return info;
}

const MetricInfo& metric_map_at_r() {
  static const MetricInfo info = {
      .name = "map_at_r",
      .label = "MAP@R",
      .aliases = {"map@r"},
      .about = "AP by precision at hits over the first G items, where G is the number of matches",
      .source = kSource,
      .print = {.comparison = true},
      .query = QueryPart{.of = MapAtR, .column = "ap_at_r"}};
  return info;
}

}  // namespace bcr
