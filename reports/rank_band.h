#pragma once

#include <vector>

namespace bcr {

// A band around a cell's CMC curve: bounds at ranks 1, 2, ..., as many low ones as high ones.
struct RankBand {
  std::vector<double> low, high;
};

}  // namespace bcr
