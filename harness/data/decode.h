#pragma once

#include <cstdint>
#include <string>

#include "harness/data/image_store.h"

namespace bcr {

// Names the code that turned files into pixels: our revision and the library's version. Other
// decoder, other pixels.
std::string DecoderRevision();

// Resizes to height x width, H x W x 3 bytes into `out`: area averaging along each side that
// shrinks, then bilinear along each side that grows.
void ResizeImage(const DecodedImage& image, int height, int width, uint8_t* out);

}  // namespace bcr
