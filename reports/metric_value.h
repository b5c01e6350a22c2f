#pragma once

#include <cstdint>
#include <optional>

namespace bcr {

// A mean over n items with its 95 % bootstrap interval, where one was made.
struct MetricValue {
  double value = 0;
  std::optional<double> low, high;  // both or neither
  int64_t n = 0;
};

}  // namespace bcr
