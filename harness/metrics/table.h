#pragma once

#include <string>
#include <vector>

#include "harness/metrics/metric.h"

namespace bcr {

using MetricList = std::vector<const MetricInfo*>;

// All metrics, in the order of the list in CMakeLists.txt; checked once for what they promise
// (kInternal): names and columns once each, a formula where one is needed.
const MetricList& MetricTable();

// The metrics of a cell's queries, in the table's order. Records hold these of every cell.
const MetricList& QueryMetrics();
// Those computed from the ranks of the matches: each has a column of per-query files.
const MetricList& RankMetrics();
// The query metrics in the order in which tables show them.
const MetricList& QueryMetricsAsShown();

// The first metric of the table. Every cell has it, leaderboards rank by it, and the verdict on an
// upgrade and figures without a prefix are of it.
const MetricInfo& HeadlineMetric();

// The metric of exactly this name, or null.
const MetricInfo* FindMetric(const std::string& name);
// The place of one of RankMetrics() among them. REQUIRES: it is one.
size_t RankMetricPlace(const MetricInfo& metric);

// How a figure of a result is spoken of and judged. A figure may be a metric of the table, one of a
// family ("end.nfr5"), or an upgrade's figure of another metric than the headline ("minp.gain").
struct FigureInfo {
  const MetricInfo* metric = nullptr;  // null: the table does not know it
  std::string label;
  bool higher_is_better = true;
  bool watched = false;   // judged by `gate` without being asked
  bool shown = false;     // shown by `gate`, not judged
  double tolerance = 0;   // of `gate`, a fraction
  bool compared = false;  // shown in the text of `compare`
};
FigureInfo InfoOf(const std::string& figure);

// The figure that a user means: "map" and "mAP" for map_hits, "nfr" for deployment.nfr1, "rank-1"
// for cmc1; other names as they are, in lower case.
std::string FigureMeant(const std::string& name);

// Names and aliases that a user may give for a figure, families left out.
std::vector<std::string> FigureNames();

// Query metrics by names as users write them. Throws kUsage at `where`, with a suggestion.
MetricList ParseQueryMetrics(const std::vector<std::string>& names, const std::string& where);

// The least and the greatest value a metric can have.
struct Bounds {
  double low = 0, high = 1;
};
Bounds BoundsOf(Unit unit);

}  // namespace bcr
