#pragma once

#include <string>

#include "harness/adapt/fitted_adapter.h"

namespace bcr {

// Writes adapter.json and one .npy file for each array, each atomically, adapter.json last.
void SaveAdapter(const FittedAdapter& adapter, const std::string& folder);
// Throws kMissing, kIo, kConfig or kData: no such folder, malformed or changed files (all content
// is hashed), an adapter or a revision that this build does not have.
FittedAdapter LoadAdapter(const AdapterTable& table, const std::string& folder);

}  // namespace bcr
