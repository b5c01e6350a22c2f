#include "harness/train/prefixed.h"

#include <ATen/core/Tensor.h>

namespace bcr {

void AddPrefixed(std::map<std::string, at::Tensor>& all, const std::string& prefix,
                 const std::map<std::string, at::Tensor>& part) {
  for (const auto& [name, tensor] : part) all[prefix + name] = tensor.detach();
}

std::map<std::string, at::Tensor> TakePrefixed(const std::map<std::string, at::Tensor>& all,
                                               const std::string& prefix) {
  std::map<std::string, at::Tensor> part;
  for (auto it = all.lower_bound(prefix); it != all.end() && it->first.rfind(prefix, 0) == 0;
       ++it) {
    part[it->first.substr(prefix.size())] = it->second;
  }
  return part;
}

}  // namespace bcr
