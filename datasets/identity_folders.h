#pragma once

#include <map>
#include <string>
#include <vector>

#include "datasets/camera_pattern.h"
#include "datasets/listing.h"

namespace bcr {

// The images below the identity folders directly in `folder`, each with its identity (the folder's
// name) and camera. Names begin with `prefix`, "" or "train/". The pattern is held against an image's
// path below its identity folder ("cam1/a.jpg"); without one every image is a camera of its own, so
// that no image is left out of a ranking for its camera. Images lie at most three folders deep. Files
// that are no images are counted in the report. Throws kData (names that do not match the pattern,
// files beside the identity folders, names that are not text), kIo and kMissing.
std::vector<ListedImage> ListIdentityFolders(const std::string& folder, const std::string& prefix,
                                             const CameraPattern* pattern, DatasetReport& report);

}  // namespace bcr
