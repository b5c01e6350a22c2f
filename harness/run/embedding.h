#pragma once

#include <string>

namespace bcr {

enum class FeatureSide;

// The side of the neck by its name in profiles.
FeatureSide SideOf(const std::string& name);

// Threads that prepare batches beside `threads` that compute; no byte depends on them.
int LoaderWorkers(int threads);

}  // namespace bcr
