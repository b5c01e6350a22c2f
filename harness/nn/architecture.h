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
// The same for the network that `tensors` (names as in Model::State) come from; "" where they are
// those of no known backbone, with one switch at most away from its default.
std::string GuessArchitecture(const std::map<std::string, at::Tensor>& tensors);

}  // namespace bcr
