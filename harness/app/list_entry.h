#pragma once

#include <string>

#include "harness/core/json.h"

namespace bcr {

// What `list` shows of everything.
Json ListEntry(const std::string& name, int revision, const std::string& about);

}  // namespace bcr
