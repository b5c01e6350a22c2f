#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace at {
class Tensor;
}

namespace bcr {

// "backbone resnet50 with 751 classes": how messages name a network. Private to harness/nn.
std::string ArchitectureText(const std::string& backbone, int64_t classes);
// The same for the network that `tensors` (names as in Model::State) seem to come from; "" where no
// known backbone fits.
std::string GuessArchitecture(const std::map<std::string, at::Tensor>& tensors);

}  // namespace bcr
