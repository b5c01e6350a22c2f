#pragma once

#include <string>

namespace bcr {

// Whether an encoded JPEG or PNG reaches its end marker (JPEG end-of-image, PNG IEND). Decoders
// only warn about a cut file and fill the rest with grey. Markers are walked segment by segment, so
// that the end marker of an embedded thumbnail does not count; bytes after the end are allowed.
// True for every other format: its decoder decides.
bool ReachesEnd(const std::string& bytes);

}  // namespace bcr
