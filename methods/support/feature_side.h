#pragma once

#include "harness/core/json.h"
#include "harness/train/batch.h"

namespace bcr {

// The slot of the features that a metric loss works on, by its parameter `side`: before-neck or
// after-neck.
Slot ReadSide(JsonReader& parameters);

}  // namespace bcr
