#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bcr {

// The section `thresholds`: what a fixed threshold on the score accepts, in each cell, and what an
// upgrade does to a threshold that was set in old/old. Thresholds are cosines (accepted: at least as
// great) or Euclidean distances (accepted: at most as great), as the result's `scoring` says; rates
// are shares from 0 to 1 and exact counts at that threshold. FORMAT.md defines them.
struct ThresholdFigures {
  // Of pairs: false accepts among those of two people, false rejects among those of one.
  struct Pairs {
    double threshold = 0, far = 0, frr = 0;
  };
  // Of searches in an open set: alarms for people who are not enrolled, people found.
  struct Searches {
    double threshold = 0, fpir = 0, dir = 0;
  };
  // Counts in bars of equal width, from the lowest threshold to the highest.
  struct Histogram {
    std::vector<double> edges;  // one more than bars
    std::vector<int64_t> genuine, impostors;
  };
  template <typename Rates>
  struct Point {
    double wanted = 0;  // the rate of false accepts (false alarms) that it may have
    Rates at;
  };
  struct Cell {
    std::string query_model, gallery_model;
    int64_t genuine = 0, impostors = 0;  // pairs
    double equal_error_rate = 0, equal_error_threshold = 0;
    std::vector<Point<Pairs>> pairs;
    std::vector<Point<Searches>> searches;
    Histogram histogram;
  };
  // A threshold set in old/old (before), used as it is in new/old (after), and the one that keeps
  // the wanted rate there (kept).
  template <typename Rates>
  struct Transfer {
    double wanted = 0;
    Rates before, after, kept;
  };
  std::vector<Cell> cells;
  std::vector<Transfer<Pairs>> pair_transfers;  // none without an upgrade
  std::vector<Transfer<Searches>> search_transfers;
};

}  // namespace bcr
