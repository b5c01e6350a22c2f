#pragma once

#include <string>

#include "harness/core/json.h"

namespace bcr {

// PlugInLists as the build wrote it beside the program, so that `list` needs not load LibTorch. Where
// the file is absent, unreadable or of another build, the training library is asked instead. Throws
// kConfig for an unknown profile, and as Training() where that library is needed.
Json StoredPlugInLists(const std::string& profile);

// Writes that file, for all profiles. Part of the build.
void WriteCatalogue(const std::string& file);

}  // namespace bcr
