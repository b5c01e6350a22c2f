#pragma once

#include "reports/sections.h"

namespace bcr {

struct GraphRequest;

// Counts the pairs of the upgrade's two models, new/old against old/old. REQUIRES: request.upgrade
// names models that have the rows of both cells. Throws as CountPairs does.
PairFigures PairSection(const GraphRequest& request);

}  // namespace bcr
