#pragma once

#include <cstdint>
#include <optional>

namespace bcr {

// A mean over n items with its 95 % interval, where one was made.
struct MetricValue {
  double value = 0;
  std::optional<double> low, high;  // both or neither
  int64_t n = 0;
  // Of a difference, two-sided that it is 0: at most 0.05 exactly where the interval leaves 0 out.
  std::optional<double> p_value;
  // The interval rests on too few identities to be relied on (reports/STATISTICS.md).
  bool few = false;
};

}  // namespace bcr
