#include "harness/train/upload.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <memory>
#include <utility>

namespace bcr {

namespace {

template <typename T>
at::Tensor UploadAs(std::vector<T> values, at::IntArrayRef shape, at::ScalarType type,
                    const std::string& name) {
  const at::Device device(name);
  if (device.is_cuda()) {
    // The caching allocator of pinned memory keeps the block until the copy is through.
    const at::Tensor staged = at::empty(shape, at::TensorOptions(type).pinned_memory(true));
    std::copy(values.begin(), values.end(), staged.data_ptr<T>());
    return staged.to(device, /*non_blocking=*/true);
  }
  if (values.empty()) return at::empty(shape, at::TensorOptions(type).device(device));
  const auto held = std::make_shared<std::vector<T>>(std::move(values));
  const at::Tensor taken = at::from_blob(
      held->data(), shape, [held](void*) {}, at::TensorOptions(type));
  return device.is_cpu() ? taken : taken.to(device);
}

}  // namespace

at::Tensor Upload(std::vector<int64_t> values, const std::string& device) {
  const auto count = static_cast<int64_t>(values.size());
  return UploadAs(std::move(values), {count}, at::kLong, device);
}

at::Tensor Upload(std::vector<float> values, const std::string& device) {
  const auto count = static_cast<int64_t>(values.size());
  return UploadAs(std::move(values), {count}, at::kFloat, device);
}

at::Tensor UploadImages(std::vector<float> pixels, int64_t height, int64_t width,
                        const std::string& device) {
  const auto count = static_cast<int64_t>(pixels.size()) / (3 * height * width);
  return UploadAs(std::move(pixels), {count, 3, height, width}, at::kFloat, device);
}

}  // namespace bcr
