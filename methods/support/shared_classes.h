#pragma once

#include <cstdint>
#include <vector>

#include "harness/train/label_set.h"

namespace bcr {

struct OldModel;

// The identities that a new and an old model both know, as rows of either's classifier, in the order of
// the new one. Empty where labels are no identities.
struct SharedClasses {
  std::vector<int64_t> fresh, old;
};
SharedClasses ClassesInCommon(const OldModel& old, const LabelSet& labels);

}  // namespace bcr
