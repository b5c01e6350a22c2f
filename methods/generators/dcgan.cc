#include "methods/generators/dcgan.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include "harness/core/error.h"
#include "harness/nn/initialise.h"
#include "harness/nn/layers.h"
#include "harness/nn/tensor_table.h"

namespace bcr {

namespace {

constexpr int64_t kKernel = 5;
constexpr double kDeviation = 0.02, kLeak = 0.2;

// Channels of each size, from the small map to the image for the generator, back for the other.
struct Layout {
  std::vector<int64_t> generator, discriminator;
  bool closing = false;  // one more convolution of stride 1 makes the image
  int64_t Halving() const { return int64_t{1} << discriminator.size(); }
};

Layout LayoutOf(const DcganShape& shape) {
  const int64_t w = shape.channels;
  if (shape.layout == "lsro")
    return {{16, 8 * w, 4 * w, 2 * w, w, w}, {w, 2 * w, 4 * w, 8 * w, 8 * w}, true};
  return {{8 * w, 4 * w, 2 * w, w, 3}, {w, 2 * w, 4 * w, 8 * w}, false};
}

struct Weights {
  const at::Tensor *weight, *bias;
};

}  // namespace

struct Dcgan::Networks {
  Networks(const DcganShape& of, uint64_t seed) : shape(of), layout(LayoutOf(of)), draw(seed) {
    const LayerContext generator{made, draw}, discriminator{judged, draw};
    AddGenerator(generator);
    AddDiscriminator(discriminator);
  }

  Weights Add(const LayerContext& context, const std::string& name,
              const std::vector<int64_t>& weight, int64_t outputs, bool truncated = false) {
    const at::Tensor drawn = truncated ? draw.TruncatedNormal(name + ".weight", weight, kDeviation)
                                       : draw.Normal(name + ".weight", weight, kDeviation);
    const auto trained = TensorTable::Kind::kTrained;
    return {&context.tensors.Add(name + ".weight", drawn, trained),
            &context.tensors.Add(name + ".bias", at::zeros({outputs}, at::kFloat), trained)};
  }

  int64_t SmallHeight() const { return shape.image_height / layout.Halving(); }
  int64_t SmallWidth() const { return shape.image_width / layout.Halving(); }

  void AddGenerator(const LayerContext& context) {
    const std::vector<int64_t>& channels = layout.generator;
    const int64_t first = channels[0] * SmallHeight() * SmallWidth();
    start = Add(context, "generator.linear", {first, shape.latent}, first);
    for (size_t i = 0; i < channels.size(); ++i) {
      const std::string name = fmt::format("generator.{}", i);
      // Every map but the image itself is normalised.
      if (i + 1 < channels.size() || layout.closing)
        growing_norms.emplace_back(context, name + ".norm", channels[i]);
      if (i + 1 == channels.size()) break;
      growing.push_back(Add(context, name + ".deconvolution",
                            {channels[i], channels[i + 1], kKernel, kKernel}, channels[i + 1]));
    }
    if (layout.closing) {
      closing = Add(context, "generator.closing", {3, channels.back(), kKernel, kKernel}, 3);
    }
  }

  void AddDiscriminator(const LayerContext& context) {
    int64_t in = 3;
    for (size_t i = 0; i < layout.discriminator.size(); ++i) {
      const std::string name = fmt::format("discriminator.{}", i);
      const int64_t out = layout.discriminator[i];
      shrinking.push_back(
          Add(context, name + ".convolution", {out, in, kKernel, kKernel}, out, true));
      if (i > 0) shrinking_norms.emplace_back(context, name + ".norm", out);
      in = out;
    }
    end = Add(context, "discriminator.linear", {1, in * SmallHeight() * SmallWidth()}, 1);
  }

  DcganShape shape;
  Layout layout;
  Initialiser draw;
  TensorTable made, judged;
  Weights start{}, closing{}, end{};
  std::vector<Weights> growing, shrinking;
  std::vector<BatchNorm> growing_norms, shrinking_norms;
};

void CheckShape(const DcganShape& shape, const std::string& where) {
  const int64_t step = LayoutOf(shape).Halving();
  if (shape.image_height % step == 0 && shape.image_width % step == 0) return;
  throw Error(ErrorCode::kConfig,
              {where, fmt::format("images of {} x {}", shape.image_height, shape.image_width),
               fmt::format("a height and a width that are multiples of {}", step),
               "Say what the generator makes, and it is resized: --set dcgan.height=128 --set "
               "dcgan.width=128"});
}

Dcgan::Dcgan(const DcganShape& shape, uint64_t seed) : networks_(new Networks(shape, seed)) {}
Dcgan::~Dcgan() = default;

at::Tensor Dcgan::Generate(const at::Tensor& noise, bool training) const {
  const Networks& s = *networks_;
  ForwardContext context;
  context.training = training;
  at::Tensor x = at::linear(noise, *s.start.weight, *s.start.bias)
                     .view({noise.size(0), s.layout.generator[0], s.SmallHeight(), s.SmallWidth()});
  for (size_t i = 0; i <= s.growing.size(); ++i) {
    if (i < s.growing_norms.size()) {
      s.growing_norms[i].Forward(context, &x);
      x = at::relu(x);
    }
    if (i == s.growing.size()) break;
    x = at::conv_transpose2d(x, *s.growing[i].weight, *s.growing[i].bias, 2, kKernel / 2, 1);
  }
  if (s.layout.closing) x = Convolve(x, *s.closing.weight, s.closing.bias, 1, kKernel / 2);
  return at::tanh(x);
}

at::Tensor Dcgan::Judge(const at::Tensor& images, bool training) const {
  const Networks& s = *networks_;
  ForwardContext context;
  context.training = training;
  at::Tensor x = images;
  for (size_t i = 0; i < s.shrinking.size(); ++i) {
    x = Convolve(x, *s.shrinking[i].weight, s.shrinking[i].bias, 2, kKernel / 2);
    if (i > 0) s.shrinking_norms[i - 1].Forward(context, &x);
    x = at::leaky_relu(x, kLeak);
  }
  return at::linear(x.flatten(1), *s.end.weight, *s.end.bias).squeeze(1);
}

std::vector<at::Tensor> Dcgan::GeneratorParameters() const { return networks_->made.Trained(); }
std::vector<at::Tensor> Dcgan::DiscriminatorParameters() const {
  return networks_->judged.Trained();
}

std::map<std::string, at::Tensor> Dcgan::State() const {
  std::map<std::string, at::Tensor> all = networks_->made.All();
  all.merge(networks_->judged.All());
  return all;
}

void Dcgan::MoveTo(const std::string& device) {
  networks_->made.MoveTo(device);
  networks_->judged.MoveTo(device);
}

const DcganShape& Dcgan::shape() const { return networks_->shape; }

at::Tensor DiscriminatorLoss(const at::Tensor& real, const at::Tensor& made) {
  return at::binary_cross_entropy_with_logits(real, at::ones_like(real)) +
         at::binary_cross_entropy_with_logits(made, at::zeros_like(made));
}

at::Tensor GeneratorLoss(const at::Tensor& made) {
  return at::binary_cross_entropy_with_logits(made, at::ones_like(made));
}

}  // namespace bcr
