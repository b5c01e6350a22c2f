#include "harness/nn/layers.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <array>
#include <optional>
#include <vector>

namespace bcr {
namespace {

constexpr double kMomentum = 0.1;
constexpr double kEpsilon = 1e-5;

}  // namespace

at::Tensor Convolve(const at::Tensor& x, const at::Tensor& weight, const at::Tensor* bias,
                    int64_t stride, int64_t padding, int64_t groups) {
  using Pair = std::array<int64_t, 2>;
  return at::conv2d(x, weight, bias ? std::optional(*bias) : std::nullopt, Pair{stride, stride},
                    Pair{padding, padding}, Pair{1, 1}, groups);
}

InstanceBatchNorm::InstanceBatchNorm(const LayerContext& context, const std::string& name,
                                     int64_t width) {
  const int64_t half = width / 2;
  TensorTable& table = context.tensors;
  weight = &table.Add(name + ".IN.weight", at::ones({half}), TensorTable::Kind::kTrained);
  bias = &table.Add(name + ".IN.bias", at::zeros({half}), TensorTable::Kind::kTrained);
  batch = BatchNorm(context, name + ".BN", width - half);
}

void InstanceBatchNorm::Forward(const ForwardContext& context, at::Tensor* x) const {
  const int64_t half = weight->size(0);
  const at::Tensor first =
      at::instance_norm(x->narrow(1, 0, half), *weight, *bias, {}, {}, /*use_input_stats=*/true,
                        kMomentum, kEpsilon, /*cudnn_enabled=*/true);
  at::Tensor second =
      x->narrow(1, half, x->size(1) - half).contiguous(at::MemoryFormat::ChannelsLast);
  batch.Forward(context, &second);
  *x = at::cat({first, second}, 1).contiguous(at::MemoryFormat::ChannelsLast);
}

ConvNorm::ConvNorm(const LayerContext& context, const std::string& conv_name,
                   const std::string& norm_name, const Shape& shape)
    : stride(shape.stride), padding(shape.kernel / 2), groups(shape.groups) {
  const std::string name = conv_name + ".weight";
  weight = &context.tensors.Add(
      name, context.initialiser.Convolution(name, shape.out, shape.in / groups, shape.kernel),
      TensorTable::Kind::kTrained);
  if (shape.instance_norm)
    instance_norm = InstanceBatchNorm(context, norm_name, shape.out);
  else
    norm = BatchNorm(context, norm_name, shape.out);
}

void ConvNorm::Forward(const ForwardContext& context, at::Tensor* x) const {
  *x = Convolve(*x, *weight, nullptr, stride, padding, groups);
  if (instance_norm.weight)
    instance_norm.Forward(context, x);
  else
    norm.Forward(context, x);
}

}  // namespace bcr
