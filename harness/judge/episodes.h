#pragma once

#include <vector>

#include "harness/judge/cells.h"
#include "reports/sections.h"

namespace bcr {

struct GraphRequest;

// N-way K-shot accuracy of every scored cell: people are enrolled with rows of its gallery model and
// asked for with rows of its query model. All cells see the same episodes, drawn from the images
// alone. Memory: about 32 bytes, and 16 a cell, for each person of each episode. REQUIRES: models
// that show the same images.
EpisodeFigures EpisodeSection(const GraphRequest& request, const std::vector<ScoredCell>& cells);

// Throws kUsage where the request's images have too few people for a kind.
void CheckEpisodes(const GraphRequest& request);

}  // namespace bcr
