#pragma once

#include <string>

#include "harness/data/image_store.h"

namespace bcr {

// Names the code that turned files into pixels: our revision and the library's version. Other
// decoder, other pixels.
std::string DecoderRevision();

}  // namespace bcr
