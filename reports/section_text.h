#pragma once

#include <string>

#include "reports/sections.h"

namespace bcr {

// The optional sections of a result as text for people, each ending with a line break.
std::string MatrixText(const MatrixFigures& matrix);
std::string BackfillText(const BackfillCurves& backfill);
std::string SlicesText(const SliceTable& slices);
std::string SearchText(const SearchFigures& search);

// Those that are there, an empty line before each. The pair criterion has no text of its own: its
// two shares are figures of the upgrade.
std::string SectionsText(const Sections& sections);

}  // namespace bcr
