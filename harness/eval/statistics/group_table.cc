#include "harness/eval/statistics/group_table.h"

#include <algorithm>
#include <numeric>
#include <span>

namespace bcr {
namespace {

// Adds the sums and counts of some rows to a zeroed row of the table; whether any entry was valid.
bool AddRows(const std::vector<ValueColumn>& columns, std::span<const size_t> rows, double* out) {
  bool any = false;
  for (size_t c = 0; c < columns.size(); ++c) {
    for (const size_t i : rows) {
      if (!columns[c].valid[i]) continue;
      out[c] += columns[c].values[i];
      out[columns.size() + c] += 1;
      any = true;
    }
  }
  return any;
}

}  // namespace

GroupTable::GroupTable(const std::vector<ValueColumn>& columns,
                       const std::vector<std::string>& groups)
    : columns_(columns.size()) {
  std::vector<size_t> order(groups.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return groups[a] < groups[b]; });
  for (size_t i = 0, end; i < order.size(); i = end) {
    end = i + 1;
    while (end < order.size() && groups[order[end]] == groups[order[i]]) ++end;
    const size_t at = table_.size();
    table_.resize(at + width(), 0.0);
    if (!AddRows(columns, {order.data() + i, end - i}, table_.data() + at)) table_.resize(at);
  }
}

}  // namespace bcr
