#pragma once

#include <string>
#include <vector>

#include "reports/picture_file.h"

namespace bcr {

// Writes pictures into a folder, which is made where it is absent. Throws kUsage, before the first
// one is written, where a name is taken by a file that is no picture of ours; kIo.
void WritePictures(const std::string& folder, const std::vector<PictureFile>& pictures);

}  // namespace bcr
