#include "methods/support/mixing.h"

#include <algorithm>
#include <cmath>

namespace bcr {

namespace {

// Of shape a >= 1 by Marsaglia and Tsang, "A simple method for generating gamma variables", 2000; below
// 1, one of shape a + 1 times U^(1/a).
double DrawGamma(double a, Random& random) {
  if (a < 1) return DrawGamma(a + 1, random) * std::pow(1 - random.Uniform(), 1 / a);
  const double d = a - 1.0 / 3, c = 1 / std::sqrt(9 * d);
  while (true) {
    const double x = random.Normal();
    const double v = std::pow(1 + c * x, 3);
    const double u = 1 - random.Uniform();  // (0, 1]
    if (v > 0 && std::log(u) < 0.5 * x * x + d - d * v + d * std::log(v)) return d * v;
  }
}

}  // namespace

MixingOptions ReadMixing(JsonReader& parameters) {
  const double alpha = parameters.Number("alpha", 0, 1000);
  return {alpha, parameters.Number("probability", 0, 1)};
}

double DrawBeta(double a, Random& random) {
  if (a <= 0) return 1;
  const double x = DrawGamma(a, random), y = DrawGamma(a, random);
  // Of a near 0 both can be 0 in rounding: the two ends are then equally likely.
  if (x + y <= 0) return random.Chance(0.5) ? 1 : 0;
  return x / (x + y);
}

std::vector<int64_t> DrawPartners(const MixableBatch& batch, Random& random) {
  std::vector<int64_t> partner(batch.size);
  for (size_t i = 0; i < batch.size; ++i) partner[i] = static_cast<int64_t>(i);
  std::vector<size_t> shuffled = batch.places;
  random.Shuffle(shuffled);
  for (size_t i = 0; i < shuffled.size(); ++i)
    partner[batch.places[i]] = static_cast<int64_t>(shuffled[i]);
  return partner;
}

BatchMix BoxAround(int centre_row, int centre_column, int rows, int columns,
                   const MixableBatch& batch) {
  BatchMix mix;
  mix.top = std::clamp(centre_row - rows / 2, 0, batch.height);
  mix.bottom = std::clamp(centre_row + rows / 2, 0, batch.height);
  mix.left = std::clamp(centre_column - columns / 2, 0, batch.width);
  mix.right = std::clamp(centre_column + columns / 2, 0, batch.width);
  const double area = static_cast<double>(mix.bottom - mix.top) * (mix.right - mix.left);
  mix.share = 1 - area / (static_cast<double>(batch.height) * batch.width);
  return mix;
}

}  // namespace bcr
