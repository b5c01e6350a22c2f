#include "methods/support/shared_classes.h"

#include "harness/train/training_set.h"

namespace bcr {

SharedClasses ClassesInCommon(const OldModel& old, const LabelSet& labels) {
  SharedClasses shared;
  for (size_t k = 0; labels.identities && k < old.class_of.size(); ++k) {
    if (old.class_of[k] < 0) continue;
    shared.fresh.push_back(static_cast<int64_t>(k));
    shared.old.push_back(old.class_of[k]);
  }
  return shared;
}

}  // namespace bcr
