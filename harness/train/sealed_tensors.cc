#include "harness/train/sealed_tensors.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cstdint>

#include "harness/core/error.h"
#include "harness/core/hash.h"
#include "harness/nn/weights.h"

namespace bcr {

namespace {

using Tensors = std::map<std::string, at::Tensor>;

constexpr const char* kCheck = "check";

std::string CheckOf(const Tensors& all) {
  Hasher hasher;
  for (const auto& [name, tensor] : all) {
    if (name == kCheck) continue;
    const at::Tensor dense = tensor.detach().to(at::kCPU).contiguous();
    hasher.AddText(name).AddText(at::toString(dense.scalar_type()));
    for (const int64_t size : dense.sizes()) hasher.AddText(std::to_string(size));
    hasher.Add(dense.const_data_ptr(), dense.nbytes());
  }
  return hasher.Hex();
}

}  // namespace

at::Tensor TextTensor(const std::string& text) {
  at::Tensor tensor = at::empty({static_cast<int64_t>(text.size())}, at::kByte);
  std::copy(text.begin(), text.end(), tensor.data_ptr<uint8_t>());
  return tensor;
}

std::string TensorText(const at::Tensor& tensor) {
  const uint8_t* bytes = tensor.data_ptr<uint8_t>();
  return {bytes, bytes + tensor.numel()};
}

void SealTensors(Tensors& all) { all[kCheck] = TextTensor(CheckOf(all)); }

Tensors ReadSealed(const std::string& file) {
  Tensors all = ReadSafetensors(file);
  const auto check = all.find(kCheck);
  if (check == all.end() || check->second.scalar_type() != at::kByte ||
      TensorText(check->second) != CheckOf(all)) {
    throw Error(ErrorCode::kData,
                {file, check == all.end() ? "no hash" : "other content than was saved",
                 "a checkpoint as it was saved", ""});
  }
  return all;
}

}  // namespace bcr
