#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "harness/data/image_store.h"

namespace bcr {

// Images that a generator made, as a file of H x W x 3 bytes each. The folder is an artefact: whoever keeps
// it has hashes of its files.
inline constexpr char kMadeImagesFile[] = "images.bin";

// The file, mapped. Names are "<name>-<number>", identity and camera "". Throws kMissing, and kData for a
// length that is not of whole images.
std::unique_ptr<ImageStore> OpenMadeImages(const std::string& folder, const std::string& name,
                                           int height, int width);

}  // namespace bcr
