#include "methods/support/label_rows.h"

#include "harness/train/label_set.h"

namespace bcr {

std::vector<std::vector<size_t>> RowsByLabel(const LabelSet& labels) {
  std::vector<std::vector<size_t>> members(static_cast<size_t>(labels.classes));
  for (size_t i = 0; i < labels.labels.size(); ++i) {
    if (labels.labels[i] >= 0) members[static_cast<size_t>(labels.labels[i])].push_back(i);
  }
  return members;
}

}  // namespace bcr
