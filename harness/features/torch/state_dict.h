#pragma once

#include <map>

#include "harness/features/torch/pickle_tree.h"

namespace bcr::internal {

// The tensors of a pickle that are a network's, and the keys that lead to them.
struct StateDict {
  std::string keys;  // "state_dict", "model.module"; "" where the whole pickle is the state dict
  std::map<std::string, const PickledTensor*> tensors;
};

// Finds the one state dict of a pickle: the pickle itself, or what a checkpoint holds under one of
// the usual names. Throws kData naming `where` where there is none, and where it holds other things.
StateDict FindStateDict(const PickleTree& tree, const std::string& where);

}  // namespace bcr::internal
