#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/nn/image_domains.h"
#include "harness/nn/initialise.h"
#include "harness/nn/norm.h"
#include "harness/nn/tensor_table.h"

namespace bcr {

// What a layer needs while it is made: where its tensors go, and what they start as.
struct LayerContext {
  TensorTable& tensors;
  const Initialiser& initialiser;
  NormChoice norm{};
};

// What a layer is told beside its input.
struct ForwardContext {
  bool training = false;
  // Whose images these are, for layers that treat each domain apart: in the order of the batch, which
  // they fill. One run, or none (the last domain): the whole batch, of whatever size.
  std::vector<DomainRun> runs;
  at::Tensor* inner = nullptr;  // where a backbone puts the map of its inner stage; null: nowhere
  int ghost_batch = 0;          // as Model::SetGhostBatch
};

// at::conv2d of maps; `bias` may be null. It spells out two strides and two paddings where at::conv2d
// takes one for both: ONNX files that are made of a trace (torchscript_file.h) need the pair. The
// same holds of pooling.
at::Tensor Convolve(const at::Tensor& x, const at::Tensor& weight, const at::Tensor* bias,
                    int64_t stride, int64_t padding = 0, int64_t groups = 1);

// IBN of Pan et al. 2018: instance normalisation (own scale and shift, no running statistics) of
// the first half of the channels, batch normalisation of the others. Names of the authors' code:
// <name>.IN.weight, IN.bias, and <name>.BN.* as above.
struct InstanceBatchNorm {
  InstanceBatchNorm() = default;
  InstanceBatchNorm(const LayerContext& context, const std::string& name, int64_t width);
  void Forward(const ForwardContext& context, at::Tensor* x) const;

  const at::Tensor* weight = nullptr;
  const at::Tensor* bias = nullptr;
  BatchNorm batch;
};

// Convolution without bias (padding kernel / 2), then batch normalisation or its IBN form.
struct ConvNorm {
  struct Shape {
    int64_t in, out;
    int kernel, stride;
    int64_t groups = 1;
    bool instance_norm = false;
  };
  ConvNorm() = default;
  ConvNorm(const LayerContext& context, const std::string& conv_name, const std::string& norm_name,
           const Shape& shape);
  // x: B x in x h x w, replaced by B x out x h' x w'. x itself is not modified: it may be used
  // again.
  void Forward(const ForwardContext& context, at::Tensor* x) const;
  bool made() const { return weight != nullptr; }

  const at::Tensor* weight = nullptr;
  int stride = 1, padding = 0;
  int64_t groups = 1;
  BatchNorm norm;
  InstanceBatchNorm instance_norm;  // in its place where made
};

}  // namespace bcr
