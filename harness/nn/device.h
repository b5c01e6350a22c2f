#pragma once

#include <string>

namespace bcr {

// Resolves auto|cpu|cuda[:i]: auto takes CUDA where it works. Throws kUsage where a named device is
// not there.
std::string ResolveDevice(const std::string& wanted);

}  // namespace bcr
