#include <ATen/ATen.h>

#include <algorithm>
#include <optional>

#include "harness/core/error.h"
#include "harness/nn/architecture.h"
#include "harness/nn/weights.h"

namespace bcr {
namespace {

using Tensors = std::map<std::string, at::Tensor>;

constexpr char kOwnPrefix[] = "backbone.";
// Where the projects keep a backbone: torchvision and torchreid bare, BoT base., fast-reid (and our
// own files) backbone., layumi's baseline model.; module. in front where the network was wrapped
// for several devices.
constexpr const char* kWrappers[] = {"", "module."};
constexpr const char* kPrefixes[] = {"", "base.", "backbone.", "model."};

std::optional<std::string> FindPrefix(const Tensors& tensors, const WeightNames& names) {
  for (const char* wrapper : kWrappers)
    for (const char* prefix : kPrefixes) {
      const std::string whole = std::string(wrapper) + prefix;
      if (tensors.contains(whole + names.probe)) return whole;
    }
  return {};
}

// The file's backbone by our names; empty where the file is not of this family.
Tensors OwnNames(const Tensors& tensors, const WeightNames& names) {
  Tensors renamed;
  const std::optional<std::string> prefix = FindPrefix(tensors, names);
  if (!prefix) return renamed;
  for (const auto& [name, tensor] : tensors) {
    if (!name.starts_with(*prefix)) continue;
    const std::string bare = name.substr(prefix->size());
    const bool beside =
        std::any_of(names.beside.begin(), names.beside.end(),
                    [&](const std::string& part) { return bare.starts_with(part); });
    if (!beside) renamed.emplace(kOwnPrefix + bare, tensor);
  }
  return renamed;
}

[[noreturn]] void ThrowOtherFamily(const Tensors& tensors, const BackboneInfo& wanted,
                                   const std::string& where) {
  std::string found = "no tensor";
  if (!tensors.empty()) found = "`" + tensors.begin()->first + "` and others";
  for (const BackboneInfo* info : backbone_table()) {
    const std::string guess = GuessArchitecture(OwnNames(tensors, info->weights));
    if (guess.empty()) continue;
    found = "weights of " + guess;
    break;
  }
  throw Error(ErrorCode::kData,
              {where, found,
               "weights of " + wanted.name + " with the key `" + wanted.weights.probe +
                   "`, bare or behind base., backbone. or model.",
               "Export the backbone with the names of " + wanted.source + "."});
}

}  // namespace

void LoadBackbone(Model& model, const std::string& safetensors_file) {
  const Tensors tensors = ReadSafetensors(safetensors_file);
  const BackboneInfo& info = *ChooseBackbone(model.spec().backbone).info;
  const Tensors renamed = OwnNames(tensors, info.weights);
  if (renamed.empty()) ThrowOtherFamily(tensors, info, safetensors_file);
  LoadState(model, renamed, safetensors_file, {"pool.", "embedding.", "neck.", "head."});
}

}  // namespace bcr
