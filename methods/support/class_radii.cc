#include "methods/support/class_radii.h"

#include <algorithm>

namespace bcr {

double LargestWithoutOutliers(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t n = values.size();
  if (n < 4) return values.back();
  const double low = values[n / 4], high = values[3 * n / 4];
  const double reach = 1.5 * (high - low);
  while (values.back() > high + reach) values.pop_back();  // ends at the upper quartile at latest
  return values.back();
}

}  // namespace bcr
