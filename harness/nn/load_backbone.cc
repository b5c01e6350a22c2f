#include <ATen/ATen.h>

#include <algorithm>

#include "harness/core/error.h"
#include "harness/nn/weights.h"

namespace bcr {
namespace {

using Tensors = std::map<std::string, at::Tensor>;

constexpr char kOwnPrefix[] = "backbone.";
// Where the projects keep torchvision's names: torchvision and torchreid bare, BoT base., fast-reid
// (and our own files) backbone., layumi's baseline model.; module. in front where the network was
// wrapped for several devices.
constexpr const char* kWrappers[] = {"", "module."};
constexpr const char* kPrefixes[] = {"", "base.", "backbone.", "model."};
// Beside the backbone at the same level, in one project or another.
constexpr const char* kNotBackbone[] = {"fc.",   "classifier.", "bottleneck.", "heads.",
                                        "head.", "neck.",       "pool."};
constexpr char kProbe[] = "conv1.weight";

std::string FindPrefix(const Tensors& tensors, const std::string& where) {
  for (const char* wrapper : kWrappers)
    for (const char* prefix : kPrefixes) {
      const std::string whole = std::string(wrapper) + prefix;
      if (tensors.contains(whole + kProbe)) return whole;
    }
  const std::string first =
      tensors.empty() ? "no tensor" : "`" + tensors.begin()->first + "` and others";
  throw Error(ErrorCode::kData,
              {where, first, "the key `conv1.weight`, bare or behind base., backbone. or model.",
               "Export the backbone with torchvision's names."});
}

bool IsBackbone(const std::string& bare) {
  return std::none_of(std::begin(kNotBackbone), std::end(kNotBackbone),
                      [&](const char* part) { return bare.starts_with(part); });
}

}  // namespace

void LoadBackbone(Model& model, const std::string& safetensors_file) {
  const Tensors tensors = ReadSafetensors(safetensors_file);
  const std::string prefix = FindPrefix(tensors, safetensors_file);
  Tensors renamed;
  for (const auto& [name, tensor] : tensors) {
    if (!name.starts_with(prefix)) continue;
    const std::string bare = name.substr(prefix.size());
    if (IsBackbone(bare)) renamed.emplace(kOwnPrefix + bare, tensor);
  }
  LoadState(model, renamed, safetensors_file, {"pool.", "neck.", "head."});
}

}  // namespace bcr
