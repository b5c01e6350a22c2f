#pragma once

#include <string>
#include <vector>

namespace bcr {

// How a figure of a result is spoken of and judged.
struct FigureInfo {
  std::string label;  // for tables: "mAP", "rank-1"
  bool higher_is_better = true;
};
FigureInfo InfoOf(const std::string& figure);

// The figure that a user means: "map" and "mAP" for map_hits, "nfr" for deployment.nfr1, "rank-1"
// for cmc1; other names as they are, in lower case.
std::string FigureMeant(const std::string& name);

// Metrics of a cell that a gate always watches.
const std::vector<std::string>& GatedMetrics();

// "+1.23" points for a difference of 0.0123; "-0.00" is never printed.
std::string SignedPoints(double difference, int decimals = 1);
// "12.3" for 0.123.
std::string Percent(double value, int decimals = 1);

}  // namespace bcr
