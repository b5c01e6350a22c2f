#pragma once

#include <cstddef>
#include <vector>

namespace bcr {

struct LabelSet;

// By label the rows that carry it, ascending; rows without one (-1) are in none.
std::vector<std::vector<size_t>> RowsByLabel(const LabelSet& labels);

}  // namespace bcr
