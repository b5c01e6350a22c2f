#pragma once

#include <cstdint>
#include <vector>

namespace bcr {

// Makes outliers (-1) of clusters of fewer than `least` rows, and numbers the others 0, 1, ... by
// their smallest row.
void DropSmallClusters(std::vector<int64_t>& labels, int64_t least);

}  // namespace bcr
