#pragma once

#include <string>

#include "reports/query_strips.h"

namespace bcr {

// Pictures for the page of an upgrade, by the names that results give images. `from` is a folder (a name is looked up below it, with and without its own folders), or a data
// reference; drawn data are kept in `store`. Pictures are shrunk to thumbnails; a light build has no
// decoder and takes small files as they are. Throws kUsage where `from` is neither, and in a light
// build for a data reference.
PictureOf OpenPictures(const std::string& from, const std::string& store);

}  // namespace bcr
