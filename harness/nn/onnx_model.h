#pragma once

#include <string>

namespace bcr {

// Name and version of what computes ONNX networks here, or why nothing does: one line.
std::string OnnxEngineText();

}  // namespace bcr
