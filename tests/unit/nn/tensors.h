#pragma once

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/nn/model.h"

namespace bcr::testing {

using Tensors = std::map<std::string, at::Tensor>;

// Standard normal images, the same for the same seed.
inline at::Tensor Images(int64_t batch, int64_t height, int64_t width, uint64_t seed = 1) {
  at::Tensor out = at::empty({batch, 3, height, width});
  Random random(seed);
  float* values = out.mutable_data_ptr<float>();
  for (int64_t i = 0; i < out.numel(); ++i) values[i] = static_cast<float>(random.Normal());
  return out;
}

inline at::Tensor Features(Model& model, const at::Tensor& images) {
  at::Tensor out;
  model.Forward(images, nullptr, &out, nullptr);
  return out.detach();
}

inline bool SameBytes(const at::Tensor& a, const at::Tensor& b) {
  return a.scalar_type() == b.scalar_type() && at::equal(a, b);
}

// Deep copy, for comparisons before and after.
inline Tensors Copy(const Tensors& tensors) {
  Tensors out;
  for (const auto& [name, tensor] : tensors) out[name] = tensor.detach().clone();
  return out;
}

inline bool SameState(const Tensors& a, const Tensors& b) {
  if (a.size() != b.size()) return false;
  for (const auto& [name, tensor] : a)
    if (!b.contains(name) || !SameBytes(tensor, b.at(name))) return false;
  return true;
}

// The message of the bcr::Error that `work` throws; fails the test where there is none or its code
// differs.
template <typename Work>
std::string MessageOf(ErrorCode code, const Work& work) {
  try {
    work();
  } catch (const Error& e) {
    EXPECT_EQ(static_cast<int>(e.code()), static_cast<int>(code)) << e.what();
    return e.what();
  }
  ADD_FAILURE() << "no error was thrown";
  return "";
}

}  // namespace bcr::testing
