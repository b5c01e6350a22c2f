#pragma once

#include "harness/train/label_set.h"

namespace bcr {

// Whether a label set agrees with itself: every label is of a class that there is, soft labels have
// the rows that hard ones have, and so has every further labelling.
bool IsWhole(const LabelSet& labels);

}  // namespace bcr
