#pragma once

#include <memory>
#include <vector>

#include "harness/data/image_store.h"

namespace bcr {

// The images of several stores, one behind the other. All have the same height and width (kConfig
// otherwise) and must outlive the result.
std::unique_ptr<ImageStore> NewJoinedStore(const std::vector<const ImageStore*>& stores);

}  // namespace bcr
