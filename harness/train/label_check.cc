#include "harness/train/label_check.h"

#include <algorithm>

namespace bcr {
namespace {

bool AreClasses(const std::vector<int64_t>& labels, int64_t least, int64_t classes) {
  return std::all_of(labels.begin(), labels.end(),
                     [&](int64_t label) { return label >= least && label < classes; });
}

bool IsWhole(const SoftLabels& soft, size_t rows, int64_t classes) {
  if (soft.empty()) return soft.classes.empty() && soft.weights.empty();
  return soft.offsets.size() == rows + 1 && soft.offsets.front() == 0 &&
         std::is_sorted(soft.offsets.begin(), soft.offsets.end()) &&
         static_cast<size_t>(soft.offsets.back()) == soft.classes.size() &&
         soft.weights.size() == soft.classes.size() && AreClasses(soft.classes, 0, classes);
}

}  // namespace

bool IsWhole(const LabelSet& labels) {
  return AreClasses(labels.labels, -1, labels.classes) &&
         IsWhole(labels.soft, labels.labels.size(), labels.classes) &&
         std::all_of(labels.others.begin(), labels.others.end(), [&](const Labelling& other) {
           return other.labels.size() == labels.labels.size() &&
                  AreClasses(other.labels, -1, other.classes);
         });
}

}  // namespace bcr
