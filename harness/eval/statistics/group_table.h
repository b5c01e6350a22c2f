#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "harness/eval/statistics/estimate.h"

namespace bcr {

// Sums and counts of every column by identity, identities in the order of their names: what is made
// of them does not depend on the order of rows beyond rounding. Identities without a valid entry in
// any column are left out.
class GroupTable {
 public:
  GroupTable(const std::vector<ValueColumn>& columns, const std::vector<std::string>& groups);

  size_t groups() const { return table_.size() / width(); }
  size_t columns() const { return columns_; }
  size_t width() const { return 2 * columns_; }
  // The sums of all columns, then their counts.
  const double* row(size_t g) const { return table_.data() + g * width(); }
  double Sum(size_t g, size_t column) const { return row(g)[column]; }
  double Count(size_t g, size_t column) const { return row(g)[columns_ + column]; }

 private:
  const size_t columns_;
  std::vector<double> table_;
};

}  // namespace bcr
