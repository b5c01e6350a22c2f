#pragma once

#include <vector>

#include "reports/sections.h"

namespace bcr {

struct GraphRequest;
struct ScoredCell;

// mAP of the cells of request.chain, every model on its own gallery and those before it, and AC, AM,
// BC, FC. What was not scored is a gap, and figures that need it are absent with a reason.
// REQUIRES: one of the cells was scored.
MatrixFigures MatrixSection(const GraphRequest& request, const std::vector<ScoredCell>& cells);

}  // namespace bcr
