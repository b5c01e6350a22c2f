#pragma once

#include <vector>

namespace bcr {

// A mean over episodes and the half of its 95 % interval as few-shot papers report it: 1.96
// population deviations over the root of the number of episodes. It says how exactly the episodes of
// these images are known, and nothing of other people: episodes share identities.
struct EpisodeMean {
  double mean = 0, half_width = 0;
};

// REQUIRES: at least one value.
EpisodeMean MeanOverEpisodes(const std::vector<double>& values);

}  // namespace bcr
