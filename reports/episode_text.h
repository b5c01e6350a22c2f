#pragma once

#include <string>

#include "reports/episode_figures.h"

namespace bcr {

// The section as text for people: a table of accuracies and one of differences for each kind of
// episode. Ends with a line break.
std::string EpisodesText(const EpisodeFigures& figures);

}  // namespace bcr
