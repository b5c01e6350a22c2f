#pragma once

#include "harness/core/json.h"
#include "reports/change_figures.h"

namespace bcr::parts {

// The section `changes`, as the other sections are written and read; private to this folder.
Json SectionJson(const ChangeFigures& figures);
void Read(JsonReader& reader, ChangeFigures& figures);

}  // namespace bcr::parts
