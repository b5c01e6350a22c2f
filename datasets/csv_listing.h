#pragma once

#include <string>

#include "datasets/listing.h"

namespace bcr {

// The images that a CSV file lists in the columns path, identity, camera and split; further columns
// are ignored. Paths are relative to the file's folder, or absolute. Throws kMissing (no such list,
// images that are not there) and kData (columns, wrong rows, a path twice in a split); the first ten
// are named.
Listing ListCsv(const std::string& file);

}  // namespace bcr
