#include "methods/support/class_radii.h"

#include <algorithm>
#include <cmath>

namespace bcr {

namespace {

// REQUIRES: ascending values.
double Quantile(const std::vector<double>& values, double share) {
  const double place = share * static_cast<double>(values.size() - 1);
  const auto below = static_cast<size_t>(std::floor(place));
  const size_t above = std::min(below + 1, values.size() - 1);
  return values[below] + (place - static_cast<double>(below)) * (values[above] - values[below]);
}

}  // namespace

double LargestWithoutOutliers(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  if (values.size() < 4) return values.back();
  const double low = Quantile(values, 0.25), high = Quantile(values, 0.75);
  const double reach = 1.5 * (high - low);
  while (values.back() > high + reach) values.pop_back();  // ends at the upper quartile at latest
  return values.back();
}

}  // namespace bcr
