#include "harness/cluster/jaccard/reciprocal.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "harness/cluster/row_loop.h"

namespace bcr {
namespace {

size_t CountCommon(const std::vector<int32_t>& a, const std::vector<int32_t>& b) {
  size_t common = 0;
  for (auto x = a.begin(), y = b.begin(); x != a.end() && y != b.end();) {
    if (*x < *y) {
      ++x;
    } else if (*y < *x) {
      ++y;
    } else {
      ++common, ++x, ++y;
    }
  }
  return common;
}

}  // namespace

int HalfListLength(int k1, int columns) {
  return std::min(static_cast<int>(std::nearbyint(k1 / 2.0)) + 1, columns);
}

RowSets ReciprocalSets(const NeighbourTable& table, int width, int threads) {
  const int32_t* ids = table.ids.data();
  const size_t k = table.k;
  RowSets sets(table.rows());
  ForEachRow(sets.size(), threads, [&](size_t i) {
    for (int t = 0; t < width; ++t) {
      const int32_t j = ids[i * k + t];
      if (j == NeighbourTable::kNoRow) break;
      const int32_t* first = ids + j * k;
      if (std::find(first, first + width, static_cast<int32_t>(i)) != first + width)
        sets[i].push_back(j);
    }
    std::sort(sets[i].begin(), sets[i].end());
  });
  return sets;
}

RowSets ExpandedSets(const NeighbourTable& table, int width, int half_width, int threads) {
  const RowSets full = ReciprocalSets(table, width, threads);
  const RowSets half = ReciprocalSets(table, half_width, threads);
  RowSets expanded(full.size());
  ForEachRow(full.size(), threads, [&](size_t i) {
    std::vector<int32_t> grown = full[i], merged;
    for (const int32_t q : full[i]) {
      if (3 * CountCommon(half[q], full[i]) <= 2 * half[q].size()) continue;
      merged.clear();
      std::set_union(grown.begin(), grown.end(), half[q].begin(), half[q].end(),
                     std::back_inserter(merged));
      grown.swap(merged);
    }
    expanded[i] = std::move(grown);
  });
  return expanded;
}

}  // namespace bcr
