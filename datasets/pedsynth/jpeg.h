#pragma once

#include <string>

namespace bcr::pedsynth {

struct Picture;

// A baseline JPEG of the picture at its own quality. The bytes depend on the JPEG library. Throws
// kIo.
std::string EncodeJpeg(const Picture& picture);

}  // namespace bcr::pedsynth
