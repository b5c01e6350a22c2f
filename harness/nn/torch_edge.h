#pragma once

#include <functional>
#include <string>

namespace bcr {

// Runs `work`, the edge between LibTorch and the rest: c10::Error and what else LibTorch throws
// become bcr::Error (kConfig where memory ran out, kInternal otherwise) that names `where`. A
// bcr::Error passes through unchanged.
void TranslateTorch(const std::function<void()>& work, const std::string& where);

}  // namespace bcr
