#pragma once

#include <string>

namespace bcr {

// A JPEG of an encoded image, shrunk to at most `height` pixels of height and twice that of width,
// its shape kept; never enlarged. The same bytes give the same thumbnail on one build. Throws kData
// as DecodeImage does, naming `name`.
std::string Thumbnail(const std::string& bytes, const std::string& name, int height);

}  // namespace bcr
