#include "methods/adapters/arc.h"

#include <algorithm>
#include <cmath>

namespace bcr {

Arc ArcOf(double cosine, double weight) {
  if (weight <= 0) return {1, 0};
  if (weight >= 1) return {0, 1};
  const double bounded = std::clamp(cosine, -1 + 1e-12, 1.0);
  const double angle = std::acos(bounded), sine = std::sin(angle);
  if (sine < 1e-9) return {1 - weight, weight};
  return {std::sin((1 - weight) * angle) / sine, std::sin(weight * angle) / sine};
}

}  // namespace bcr
