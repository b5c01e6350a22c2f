#pragma once

#include <memory>
#include <vector>

#include "harness/data/image_store.h"

namespace bcr {

// A view of some rows of an image store, in the given order. The store must outlive it.
std::unique_ptr<ImageStore> NewSubsetStore(const ImageStore& store, std::vector<int64_t> rows);

}  // namespace bcr
