#pragma once

#include <map>
#include <string>

namespace at {
class Tensor;
}

namespace bcr {

// Tensors of several owners in one map, told apart by what their names begin with.
void AddPrefixed(std::map<std::string, at::Tensor>& all, const std::string& prefix,
                 const std::map<std::string, at::Tensor>& part);
std::map<std::string, at::Tensor> TakePrefixed(const std::map<std::string, at::Tensor>& all,
                                               const std::string& prefix);

}  // namespace bcr
