#include "harness/nn/layers.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

namespace bcr {
namespace {

constexpr double kMomentum = 0.1;
constexpr double kEpsilon = 1e-5;

}  // namespace

BatchNorm::BatchNorm(LayerContext context, const std::string& name, int64_t width, bool shift) {
  using Kind = TensorTable::Kind;
  TensorTable& table = context.tensors;
  weight = &table.Add(name + ".weight", at::ones({width}), Kind::kTrained);
  bias = &table.Add(name + ".bias", at::zeros({width}), shift ? Kind::kTrained : Kind::kFixed);
  mean = &table.Add(name + ".running_mean", at::zeros({width}), Kind::kFixed);
  variance = &table.Add(name + ".running_var", at::ones({width}), Kind::kFixed);
  batches = &table.Add(name + ".num_batches_tracked", at::zeros({}, at::kLong), Kind::kFixed);
}

void BatchNorm::Forward(at::Tensor* x, bool training) const {
  if (training) batches->add_(1);
  *x = at::batch_norm(*x, *weight, *bias, *mean, *variance, training, kMomentum, kEpsilon,
                      /*cudnn_enabled=*/true);
}

ConvNorm::ConvNorm(LayerContext context, const std::string& conv_name, const std::string& norm_name,
                   const Shape& shape)
    : stride(shape.stride), padding(shape.kernel / 2) {
  const std::string name = conv_name + ".weight";
  weight = &context.tensors.Add(
      name, context.initialiser.Convolution(name, shape.out, shape.in, shape.kernel),
      TensorTable::Kind::kTrained);
  norm = BatchNorm(context, norm_name, shape.out);
}

void ConvNorm::Forward(at::Tensor* x, bool training) const {
  *x = at::conv2d(*x, *weight, {}, stride, padding);
  norm.Forward(x, training);
}

}  // namespace bcr
