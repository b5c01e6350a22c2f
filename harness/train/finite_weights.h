#pragma once

#include <map>
#include <string>

namespace at {
class Tensor;
}

namespace bcr {

// Finite losses can still end in an infinite step: such weights are never stored. Throws kTraining that
// names the first of these tensors which is not finite after `epoch` (0-based). Waits for the device once.
void RequireFiniteWeights(const std::map<std::string, at::Tensor>& weights,
                          const std::string& title, int epoch);

}  // namespace bcr
