#pragma once

#include <string>

#include "harness/core/json.h"

namespace bcr {

// Whether an objective with these parameters reads the old model's classifier and has no way without
// it: models that are given from elsewhere have none here.
bool NeedsOldHead(const std::string& objective, const Json& parameters);

}  // namespace bcr
