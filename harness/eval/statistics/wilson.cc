#include <fmt/core.h>

#include <cmath>

#include "harness/core/error.h"
#include "harness/eval/statistics/bootstrap.h"

namespace bcr {
namespace {

void Refuse(std::string found, std::string expected) {
  throw Error(
      ErrorCode::kData,
      {.where = "Wilson interval", .found = std::move(found), .expected = std::move(expected)});
}

// The z with P(|N(0, 1)| <= z) = level. Bisection on the error function: this runs once an
// interval, and needs no table of coefficients to be trusted.
double TwoSidedNormal(double level) {
  double low = 0, high = 40;
  for (int i = 0; i < 200; ++i) {
    const double middle = low + (high - low) / 2;
    (std::erfc(middle / std::sqrt(2.0)) > 1 - level ? low : high) = middle;
  }
  return low + (high - low) / 2;
}

}  // namespace

Interval WilsonInterval(double share, double n, double level) {
  if (!(share >= 0 && share <= 1)) Refuse(fmt::format("share {}", share), "between 0 and 1");
  if (!(n > 0) || !std::isfinite(n)) Refuse(fmt::format("{} trials", n), "more than none");
  if (!(level > 0 && level < 1)) Refuse(fmt::format("level {}", level), "between 0 and 1");
  const double z = TwoSidedNormal(level);
  const double shrink = 1 + z * z / n;
  const double centre = (share + z * z / (2 * n)) / shrink;
  const double half = z / shrink * std::sqrt(share * (1 - share) / n + z * z / (4 * n * n));
  // Rounding must not cut the share itself off at the ends.
  return {share, share == 0 ? 0 : std::fmax(0, centre - half),
          share == 1 ? 1 : std::fmin(1, centre + half)};
}

}  // namespace bcr
