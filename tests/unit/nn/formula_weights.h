#pragma once

#include <ATen/ATen.h>

#include <cmath>
#include <string>

#include "harness/nn/model.h"

namespace bcr::testing {

// What scripts/reference/backbones.py fills networks and images with: the i-th value of tensor
// number `stream`, in [-1, 1), by a formula on integers.
inline double FormulaValue(uint64_t i, uint64_t stream) {
  uint64_t x = (i * 2654435761 + stream * 374761393) & 0xFFFFFFFF;
  x ^= x >> 15;
  x = (x * 2246822519) & 0xFFFFFFFF;
  x ^= x >> 13;
  return static_cast<double>(x) / 2147483648.0 - 1;
}

// `u` in the range of a backbone's tensor with this published name.
inline double InRangeOf(const std::string& name, const at::Tensor& tensor, double u) {
  if (name == "cls_token" || name == "pos_embed") return 0.5 * u;
  if (tensor.dim() > 1)
    return u * std::sqrt(6.0 / static_cast<double>(tensor.numel() / tensor.size(0)));
  if (name.ends_with("running_var")) return 1 + 0.5 * u;
  return name.ends_with(".weight") ? 1 + 0.25 * u : 0.25 * u;
}

// Fills the backbone of a model in the order of its names; the images are the next stream.
inline at::Tensor FillByFormula(Model& model, int64_t images) {
  const std::string prefix = "backbone.";
  uint64_t stream = 0;
  for (const auto& [name, tensor] : model.State()) {
    if (!name.starts_with(prefix) || !tensor.is_floating_point()) continue;
    at::Tensor values = tensor.detach();
    float* const out = values.mutable_data_ptr<float>();
    ++stream;
    for (int64_t i = 0; i < values.numel(); ++i)
      out[i] = static_cast<float>(InRangeOf(name.substr(prefix.size()), values,
                                            FormulaValue(static_cast<uint64_t>(i), stream)));
  }
  at::Tensor made = at::empty({images, 3, model.spec().height, model.spec().width});
  float* const out = made.mutable_data_ptr<float>();
  for (int64_t i = 0; i < made.numel(); ++i)
    out[i] = static_cast<float>(2 * FormulaValue(static_cast<uint64_t>(i), stream + 1));
  return made;
}

}  // namespace bcr::testing
