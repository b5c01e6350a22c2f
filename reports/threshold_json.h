#pragma once

#include "harness/core/json.h"
#include "reports/threshold_figures.h"

namespace bcr::parts {

// The section `thresholds`; private to this folder. ReadThresholds throws as ReadSections does.
Json ThresholdJson(const ThresholdFigures& figures);
ThresholdFigures ReadThresholds(JsonReader& reader);

}  // namespace bcr::parts
