#pragma once

#include <string>

#include "harness/core/json.h"

namespace bcr {

// The blocks of a score report as text for people. REQUIRES: blocks that this
// program made.
std::string MatrixText(const Json& matrix);
std::string BackfillText(const Json& backfill);
std::string SlicesText(const Json& slices);
std::string SearchText(const Json& search);

}  // namespace bcr
