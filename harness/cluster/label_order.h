#pragma once

#include <cstdint>
#include <vector>

namespace bcr {

// Makes outliers (-1) of clusters of fewer than `least` rows, and numbers the others 0, 1, ... by
// their smallest row.
void DropSmallClusters(std::vector<int64_t>& labels, int64_t least);

// Clusters of rows that both labellings put together: rows share a label where they share one in `a`
// and one in `b`. Rows without a companion, and outliers of either, are -1. REQUIRES: lists of equal
// length.
std::vector<int64_t> AgreedLabels(const std::vector<int64_t>& a, const std::vector<int64_t>& b);

}  // namespace bcr
