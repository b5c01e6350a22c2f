#pragma once

#include <string>

#include "reports/candidate_figures.h"

namespace bcr {

// The section as text for people: one table, and for each wanted size what becomes of a threshold
// that was set in another cell. Ends with a line break.
std::string CandidatesText(const CandidateFigures& figures);

}  // namespace bcr
