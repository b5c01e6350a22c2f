#pragma once

#include <vector>

#include "harness/judge/cells.h"
#include "reports/sections.h"

namespace bcr {

struct GraphRequest;

// Who searches worse and who better in new/old than in old/old. Pairs of cameras, where they are
// asked for, cost one more product a cell. REQUIRES: an upgrade both of whose cells were scored.
ChangeFigures ChangeSection(const GraphRequest& request, const std::vector<ScoredCell>& cells);

}  // namespace bcr
