#pragma once

#include <string>

#include "datasets/market_layout.h"

namespace bcr {

// The published counts of datasets/stats/<name>.json, compiled in. REQUIRES: there is such a file.
MarketCounts PublishedCounts(const std::string& name);

}  // namespace bcr
