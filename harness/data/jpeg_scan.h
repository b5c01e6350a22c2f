#pragma once

#include <string>

namespace bcr {

// What is wrong with the picture data of a JPEG: data that end before the last block, or a code
// that is none. Decoders only warn of these and fill the rest with grey. "" for whole data, for
// progressive and arithmetic coding, and for whatever is no JPEG or has headers out of order: there
// the decoder decides.
std::string JpegDamage(const std::string& bytes);

}  // namespace bcr
