#include <ATen/ATen.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/new_file.h"
#include "harness/features/safetensors_header.h"
#include "harness/nn/dtype_names.h"
#include "harness/nn/torch_edge.h"
#include "harness/nn/weights.h"

namespace bcr {
namespace {

static_assert(std::endian::native == std::endian::little, "safetensors data is little-endian");

at::Tensor Dense(const at::Tensor& tensor) { return tensor.detach().to(at::kCPU).contiguous(); }

struct Plan {
  std::map<std::string, TensorEntry> entries;
  std::vector<std::string> order;  // as the data lies in the file
};

Plan MakePlan(const std::map<std::string, at::Tensor>& tensors, const std::string& where) {
  Plan plan;
  for (const auto& [name, tensor] : tensors) plan.order.push_back(name);
  std::stable_sort(plan.order.begin(), plan.order.end(), [&](const auto& a, const auto& b) {
    return tensors.at(a).element_size() > tensors.at(b).element_size();
  });
  size_t position = 0;
  for (const std::string& name : plan.order) {
    const at::Tensor& tensor = tensors.at(name);
    TensorEntry entry{DtypeOf(tensor.scalar_type(), where + ": " + name), tensor.sizes().vec(),
                      position, position + tensor.nbytes()};
    position = entry.end;
    plan.entries.emplace(name, entry);
  }
  return plan;
}

void WriteAll(const std::string& path, const std::string& shown, const std::string& header,
              const Plan& plan, const std::map<std::string, at::Tensor>& tensors) {
  NewFile out(path, shown);
  out.Append(header.data(), header.size());
  for (const std::string& name : plan.order) {
    const at::Tensor dense = Dense(tensors.at(name));
    out.Append(dense.const_data_ptr(), dense.nbytes());
  }
}

at::Tensor ReadTensor(const uint8_t* file, const TensorEntry& entry, const std::string& where) {
  at::Tensor tensor = at::empty(entry.shape, TypeOfDtype(entry.dtype));
  const uint8_t* begin = file + entry.begin;
  const size_t bytes = entry.end - entry.begin;
  // Any other byte in a bool is undefined behaviour in whoever reads it.
  if (entry.dtype == "BOOL" && std::any_of(begin, begin + bytes, [](uint8_t b) { return b > 1; }))
    throw Error(ErrorCode::kData, {where, "a bool that is neither 0 nor 1", "0 or 1",
                                   "The file is damaged; make or copy it anew."});
  if (bytes > 0) std::memcpy(tensor.mutable_data_ptr(), begin, bytes);
  return tensor;
}

}  // namespace

void WriteSafetensors(const std::string& path, const std::map<std::string, at::Tensor>& tensors,
                      const std::map<std::string, std::string>& metadata) {
  TranslateTorch(
      [&] {
        const Plan plan = MakePlan(tensors, path);
        const std::string header = MakeSafetensorsHeader(plan.entries, metadata);
        WriteFileAtomic(path, [&](const std::string& temporary) {
          WriteAll(temporary, path, header, plan, tensors);
        });
      },
      path);
}

std::map<std::string, at::Tensor> ReadSafetensors(const std::string& path) {
  std::map<std::string, at::Tensor> tensors;
  TranslateTorch(
      [&] {
        const MappedFile file(path);
        const std::string_view bytes(reinterpret_cast<const char*>(file.data()), file.size());
        for (const auto& [name, entry] : ParseSafetensorsHeader(bytes, path))
          tensors.emplace(name, ReadTensor(file.data(), entry, path + ": " + name));
      },
      path);
  return tensors;
}

}  // namespace bcr
