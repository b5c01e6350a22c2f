#pragma once

#include <cstdint>
#include <string>

#include "harness/nn/initialise.h"
#include "harness/nn/tensor_table.h"

namespace bcr {

// What a layer needs while it is made: where its tensors go, and what they start as.
struct LayerContext {
  TensorTable& tensors;
  const Initialiser& initialiser;
};

// Batch normalisation over all but dimension 1 (momentum 0.1, epsilon 1e-5), torchvision's names:
// <name>.weight, bias, running_mean, running_var, num_batches_tracked. The tensors belong to the
// table. Private to harness/nn.
struct BatchNorm {
  BatchNorm() = default;
  // `shift`: false keeps the bias at 0, out of the trained parameters.
  BatchNorm(LayerContext context, const std::string& name, int64_t width, bool shift = true);
  // Training uses the batch's statistics and updates the running ones.
  void Forward(at::Tensor* x, bool training) const;

  const at::Tensor* weight = nullptr;
  const at::Tensor* bias = nullptr;
  const at::Tensor* mean = nullptr;
  const at::Tensor* variance = nullptr;
  const at::Tensor* batches = nullptr;
};

// Convolution without bias (padding kernel / 2), then batch normalisation.
struct ConvNorm {
  struct Shape {
    int64_t in, out;
    int kernel, stride;
  };
  ConvNorm() = default;
  ConvNorm(LayerContext context, const std::string& conv_name, const std::string& norm_name,
           const Shape& shape);
  // x: B x in x h x w, replaced by B x out x h' x w'. x itself is not modified: it may be used
  // again.
  void Forward(at::Tensor* x, bool training) const;
  bool made() const { return weight != nullptr; }

  const at::Tensor* weight = nullptr;
  int stride = 1, padding = 0;
  BatchNorm norm;
};

}  // namespace bcr
