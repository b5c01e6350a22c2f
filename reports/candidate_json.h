#pragma once

#include "harness/core/json.h"
#include "reports/candidate_figures.h"

namespace bcr::parts {

// The section `candidates`, as the other sections are written and read; private to this folder.
Json SectionJson(const CandidateFigures& figures);
void Read(JsonReader& reader, CandidateFigures& figures);

}  // namespace bcr::parts
