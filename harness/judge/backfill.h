#pragma once

#include <vector>

#include "reports/sections.h"

namespace bcr {

struct GraphRequest;
struct ScoredCell;

// The curves of the upgrade's two models. Old rows are searched by the new queries as they meet the old
// model, new rows as they meet their own; where the galleries have two widths these are two indices,
// whose lists are merged by score.
// REQUIRES: request.upgrade is there, and its cells new/old and new/new are among `cells`.
BackfillCurves BackfillSection(const GraphRequest& request, const std::vector<ScoredCell>& cells);

}  // namespace bcr
