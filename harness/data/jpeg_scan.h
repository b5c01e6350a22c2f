#pragma once

#include <string>

namespace bcr {

// The warning of libjpeg about picture data that are damaged: they end before the last block, or
// hold a code that does not exist. A decoder then invents the missing pixels. "" for whole data, for
// what is no JPEG, and for files that libjpeg refuses: then the decoder's message is shown.
std::string JpegDamage(const std::string& bytes);

}  // namespace bcr
