#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reports/metric_value.h"

namespace bcr {

// The section `candidates`: of each query the gallery people whose nearest image scores at least a
// threshold, one for all queries, set so that these sets have a wanted mean size. Thresholds are
// cosines or Euclidean distances, as the result's `scoring` says. FORMAT.md defines the figures.
struct CandidateFigures {
  struct Sets {
    double threshold = 0;
    double mean = 0;                      // people a query
    int64_t median = 0, ninety_five = 0;  // that 50 % (95 %) of the queries do not exceed
    double empty = 0;                     // share of the queries without a candidate
    MetricValue hit_rate;                 // share of those with the right person among theirs
    double recall = 0;                    // share of the right people's images that are accepted
  };
  struct Point {
    double wanted = 0;            // the mean number of people
    Sets own;                     // at the threshold of this cell
    std::optional<Sets> carried;  // at that of the cell that `calibrated_on` names, if another
  };
  struct Cell {
    std::string query_model, gallery_model;
    int64_t queries = 0, people = 0;  // with a match; who can be a candidate
    std::vector<Point> points;
  };
  struct Name {
    std::string query_model, gallery_model;
  };
  std::optional<Name> calibrated_on;  // absent where that cell was not scored
  std::vector<Cell> cells;
};

}  // namespace bcr
