#pragma once

#include <vector>

#include "reports/sections.h"

namespace bcr {

struct GraphRequest;
struct ScoredCell;

// The curves of the upgrade's two models. Throws kUsage where their galleries have two widths.
// REQUIRES: request.upgrade is there, and its cells new/old and new/new are among `cells`.
BackfillCurves BackfillSection(const GraphRequest& request, const std::vector<ScoredCell>& cells);

}  // namespace bcr
