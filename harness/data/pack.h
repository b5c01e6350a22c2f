#pragma once

#include <string>
#include <vector>

#include "harness/data/image_store.h"
#include "harness/data/pack_list.h"

namespace bcr {

// Decodes and resizes every image of a split and writes the pixels to `path`, atomically, chunk by
// chunk (memory does not grow with the split). Throws kData under kFail or when no image is left;
// kIo when writing fails.
PackedIndex PackImages(const Dataset& dataset, Split split, const PackOptions& options,
                       const std::string& path);

// The error of OnBadImage::kFail: names up to ten images.
[[noreturn]] void ThrowBadImages(const Dataset& dataset, Split split,
                                 const std::vector<BadImage>& bad);

}  // namespace bcr
