#include <ATen/ATen.h>

#include <algorithm>
#include <cstring>
#include <tuple>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/features/torch/torch_file.h"
#include "harness/nn/dtype_names.h"
#include "harness/nn/torch_edge.h"
#include "harness/nn/weights.h"

namespace bcr {
namespace {

using Tensors = std::map<std::string, at::Tensor>;

// What torch.save's files are called. One that is none then says how to make one.
constexpr const char* kTorchNames[] = {".pth", ".pt", ".pth.tar", ".bin", ".ckpt"};

bool IsTorchFile(const std::string& path, std::string_view bytes) {
  return LooksLikeTorchFile(bytes) ||
         std::any_of(std::begin(kTorchNames), std::end(kTorchNames),
                     [&](const char* end) { return path.ends_with(end); });
}

// Copies each storage once: tensors that share one do so here too.
class Storages {
 public:
  at::Tensor View(const TorchTensor& tensor, const std::string& where) {
    const at::Tensor& whole = Whole(tensor, where);
    return whole.as_strided(tensor.shape, tensor.strides, static_cast<int64_t>(tensor.offset));
  }

 private:
  const at::Tensor& Whole(const TorchTensor& tensor, const std::string& where) {
    at::Tensor& whole = known_[{tensor.storage.data(), tensor.storage.size(), tensor.dtype}];
    if (whole.defined()) return whole;
    const std::string_view bytes = tensor.storage;
    // Any other byte in a bool is undefined behaviour in whoever reads it.
    if (tensor.dtype == "BOOL" &&
        std::any_of(bytes.begin(), bytes.end(), [](char b) { return b != 0 && b != 1; }))
      throw Error(ErrorCode::kData, {where, "a bool that is neither 0 nor 1", "0 or 1",
                                     "The file is damaged; make or copy it anew."});
    const at::ScalarType type = TypeOfDtype(tensor.dtype);
    whole = at::empty({static_cast<int64_t>(bytes.size() / at::elementSize(type))}, type);
    if (!bytes.empty()) std::memcpy(whole.mutable_data_ptr(), bytes.data(), bytes.size());
    return whole;
  }

  std::map<std::tuple<const char*, size_t, std::string>, at::Tensor> known_;
};

}  // namespace

std::map<std::string, at::Tensor> ReadWeights(const std::string& path) {
  Tensors tensors;
  TranslateTorch(
      [&] {
        const MappedFile file(path);
        const std::string_view bytes(reinterpret_cast<const char*>(file.data()), file.size());
        if (!IsTorchFile(path, bytes)) {
          tensors = ReadSafetensors(path);
          return;
        }
        Storages storages;
        for (const auto& [name, tensor] : ParseTorchFile(bytes, path).tensors)
          tensors.emplace(name, storages.View(tensor, path + ": " + name));
      },
      path);
  return tensors;
}

}  // namespace bcr
