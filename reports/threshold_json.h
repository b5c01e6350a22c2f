#pragma once

#include "harness/core/json.h"
#include "reports/threshold_figures.h"

namespace bcr::parts {

// The section `thresholds`, as the other sections are written and read; private to this folder.
Json SectionJson(const ThresholdFigures& figures);
void Read(JsonReader& reader, ThresholdFigures& figures);

}  // namespace bcr::parts
