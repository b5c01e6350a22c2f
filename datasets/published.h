#pragma once

#include <string>

#include "datasets/market_layout.h"

namespace bcr {

// The published counts of datasets/stats/<name>.json, compiled in. REQUIRES: the file is listed in
// CMakeLists.txt.
MarketCounts PublishedCounts(const std::string& name);

}  // namespace bcr
