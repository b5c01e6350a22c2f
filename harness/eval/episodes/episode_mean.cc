#include "harness/eval/episodes/episode_mean.h"

#include <cmath>

#include "harness/core/error.h"

namespace bcr {

EpisodeMean MeanOverEpisodes(const std::vector<double>& values) {
  BCR_CHECK(!values.empty(), "no episode");
  const auto n = static_cast<double>(values.size());
  double sum = 0, squares = 0;
  for (const double value : values) sum += value;
  const double mean = sum / n;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return {mean, 1.96 * std::sqrt(squares / n) / std::sqrt(n)};
}

}  // namespace bcr
