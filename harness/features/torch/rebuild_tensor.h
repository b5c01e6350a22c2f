#pragma once

#include "harness/features/torch/pickle_tree.h"

namespace bcr::internal {

// Whether these are ('storage', storage class, name, device, elements).
bool IsStorage(const PickleTree& tree, const std::vector<PickleId>& items);

// The tensor that torch._utils._rebuild_tensor_v2 makes of (storage, offset, shape, strides,
// requires_grad, hooks[, metadata]). It lies within its storage and has at most as many elements.
// Throws kData naming `where`.
PickledTensor RebuildTensor(const PickleTree& tree, const std::vector<PickleId>& arguments,
                            const std::string& where);

}  // namespace bcr::internal
