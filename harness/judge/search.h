#pragma once

#include <vector>

#include "reports/sections.h"

namespace bcr {

struct GraphRequest;
struct ScoredCell;

// What searching every scored cell by request.asked.search costs, and whether the upgrade would be judged
// otherwise. Throws kUsage in builds without FAISS, and as MeasureSearch does.
SearchFigures SearchSection(const GraphRequest& request, const std::vector<ScoredCell>& cells);

// Throws kUsage in builds without FAISS.
void RequireSearch();

}  // namespace bcr
