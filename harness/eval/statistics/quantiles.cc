#include "harness/eval/statistics/quantiles.h"

#include <cmath>
#include <initializer_list>

namespace bcr {
namespace {

constexpr double kTiny = 1e-300;
constexpr int kMostTerms = 10000;

double AwayFromZero(double x) { return std::fabs(x) < kTiny ? kTiny : x; }

// The continued fraction by Lentz's method; converges fast for x < (a + 1) / (a + b + 2).
double BetaFraction(double a, double b, double x) {
  double c = 1, d = 1 / AwayFromZero(1 - (a + b) * x / (a + 1));
  double h = d;
  for (int m = 1; m <= kMostTerms; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    double furthest = 0;  // of the two steps from 1
    for (const double term : {even, odd}) {
      d = 1 / AwayFromZero(1 + term * d);
      c = AwayFromZero(1 + term / c);
      h *= c * d;
      furthest = std::fmax(furthest, std::fabs(c * d - 1));
    }
    if (furthest < 1e-15) break;
  }
  return h;
}

// Bisection: these run a few times an interval, and need no table of coefficients to be trusted.
template <typename Above>
double Bisect(double low, double high, const Above& above) {
  for (int i = 0; i < 100; ++i) {
    const double middle = low + (high - low) / 2;
    (above(middle) ? high : low) = middle;
  }
  return low + (high - low) / 2;
}

}  // namespace

double IncompleteBeta(double a, double b, double x) {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const double front = std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) +
                                a * std::log(x) + b * std::log1p(-x));
  return x < (a + 1) / (a + b + 2) ? front * BetaFraction(a, b, x) / a
                                   : 1 - front * BetaFraction(b, a, 1 - x) / b;
}

double TwoSidedNormal(double level) {
  return Bisect(0, 40, [&](double z) { return std::erfc(z / std::sqrt(2.0)) <= 1 - level; });
}

double TwoSidedStudent(double level, double degrees) {
  return Bisect(0, 1e6, [&](double t) {
    return IncompleteBeta(degrees / 2, 0.5, degrees / (degrees + t * t)) <= 1 - level;
  });
}

}  // namespace bcr
