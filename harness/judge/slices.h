#pragma once

#include <vector>

#include "reports/sections.h"

namespace bcr {

struct GraphRequest;
struct ScoredCell;

// Every scored cell by identity and by pair of cameras: one more product a cell.
SliceTable SliceSection(const GraphRequest& request, const std::vector<ScoredCell>& cells);

}  // namespace bcr
