#pragma once

#include <string>

namespace bcr {

// What libjpeg warns of in the picture data of a JPEG after which a decoder makes pixels up: data
// that end before the last block, or a code that is none. "" for whole data, for whatever is no
// JPEG, and for files that libjpeg refuses: there the decoder's own message is the one to show.
std::string JpegDamage(const std::string& bytes);

}  // namespace bcr
