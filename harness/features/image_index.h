#pragma once

#include <vector>

#include "harness/core/dataset.h"
#include "harness/features/feature_set.h"

namespace bcr {

// The index of features extracted from `images`, row for row.
FeatureIndex IndexOf(const std::vector<ImageRecord>& images);

}  // namespace bcr
