#pragma once

#include <cstdint>
#include <string>

namespace bcr {

// H x W x 3 bytes, RGB, as the bytes of a PNG file. The same pixels give the same bytes on one build.
std::string EncodePng(const uint8_t* rgb, int height, int width);

}  // namespace bcr
