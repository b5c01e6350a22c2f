#pragma once

#include <string>

#include "harness/core/json.h"

namespace bcr {

// The kinds of `list` that only the training library knows: methods with their parameters under a
// profile, objectives, label sources, augmenters, backbones, data sets. In that library. Throws
// kConfig for an unknown profile.
Json PlugInLists(const std::string& profile_name);

}  // namespace bcr
