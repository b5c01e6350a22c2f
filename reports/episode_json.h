#pragma once

#include "harness/core/json.h"
#include "reports/episode_figures.h"

namespace bcr::parts {

// The section `episodes`, as the other sections are written, read and checked; private to this
// folder.
Json SectionJson(const EpisodeFigures& figures);
void Read(JsonReader& reader, EpisodeFigures& figures);

}  // namespace bcr::parts
