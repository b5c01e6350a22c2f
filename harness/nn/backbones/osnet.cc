// OSNet: Zhou et al., ICCV 2019, "Omni-Scale Feature Learning for Person Re-Identification", with
// the parameter names of the authors' code (torchreid). The published feature is that of the fully
// connected layer behind pooling (linear map to 512, batch norm, ReLU): the model pools between
// Forward and AfterPooling. Published with average pooling.
#include <ATen/ATen.h>

#include <array>

#include "harness/nn/backbone.h"

namespace bcr {
namespace {

constexpr int64_t kFeatureWidth = 512;
constexpr int64_t kBottleneck = 4;      // a block works at a quarter of its width
constexpr int64_t kGateReduction = 16;  // the gate's hidden layer, of the block's inner width
constexpr double kLinearDeviation = 0.01;

const at::Tensor* AddZeros(const LayerContext& context, const std::string& name, int64_t width) {
  return &context.tensors.Add(name, at::zeros({width}), TensorTable::Kind::kTrained);
}

const at::Tensor* AddConvolution(const LayerContext& context, const std::string& name, int64_t in,
                                 int64_t out) {
  return &context.tensors.Add(name, context.initialiser.Convolution(name, out, in, 1),
                              TensorTable::Kind::kTrained);
}

ConvNorm MakeConv(const LayerContext& context, const std::string& name, int64_t in, int64_t out,
                  int kernel = 1, int stride = 1) {
  return {context, name + ".conv", name + ".bn", {in, out, kernel, stride}};
}

void ConvRelu(const ConvNorm& layer, const ForwardContext& context, at::Tensor* x) {
  layer.Forward(context, x);
  x->relu_();
}

// The light 3x3 convolution, pointwise first: 1x1, depthwise 3x3, batch norm, ReLU.
class LightConv {
 public:
  LightConv(const LayerContext& context, const std::string& name, int64_t width)
      : pointwise_(AddConvolution(context, name + ".conv1.weight", width, width)),
        depthwise_(context, name + ".conv2", name + ".bn", {width, width, 3, 1, width}) {}

  void Forward(const ForwardContext& context, at::Tensor* x) const {
    *x = Convolve(*x, *pointwise_, nullptr, 1);
    ConvRelu(depthwise_, context, x);
  }

 private:
  const at::Tensor* pointwise_;
  ConvNorm depthwise_;
};

// The unified aggregation gate: a factor between 0 and 1 per channel and image. One gate serves all
// streams of a block.
class Gate {
 public:
  Gate(const LayerContext& context, const std::string& name, int64_t width) {
    const int64_t hidden = width / kGateReduction;
    weight_in_ = AddConvolution(context, name + ".fc1.weight", width, hidden);
    bias_in_ = AddZeros(context, name + ".fc1.bias", hidden);
    weight_out_ = AddConvolution(context, name + ".fc2.weight", hidden, width);
    bias_out_ = AddZeros(context, name + ".fc2.bias", width);
  }

  at::Tensor Apply(const at::Tensor& x) const {
    const at::Tensor mean = x.mean({2, 3}, /*keepdim=*/true);
    const at::Tensor hidden = Convolve(mean, *weight_in_, bias_in_, 1).relu_();
    return x * Convolve(hidden, *weight_out_, bias_out_, 1).sigmoid();
  }

 private:
  const at::Tensor *weight_in_, *bias_in_, *weight_out_, *bias_out_;
};

// The omni-scale block: four streams of one to four light convolutions see four scales;
// the gate weighs them, and the sum joins the shortcut.
class Block {
 public:
  static constexpr int kStreams = 4;

  Block(const LayerContext& context, const std::string& name, int64_t in, int64_t out)
      : first_(MakeConv(context, name + ".conv1", in, out / kBottleneck)),
        streams_(MakeStreams(context, name + ".conv2", out / kBottleneck)),
        gate_(context, name + ".gate", out / kBottleneck),
        last_(MakeConv(context, name + ".conv3", out / kBottleneck, out)) {
    if (in != out) shortcut_ = MakeConv(context, name + ".downsample", in, out);
  }

  void Forward(const ForwardContext& context, at::Tensor* x) const {
    at::Tensor y = *x, sum;
    ConvRelu(first_, context, &y);
    for (const std::vector<LightConv>& stream : streams_) {
      at::Tensor z = y;
      for (const LightConv& layer : stream) layer.Forward(context, &z);
      const at::Tensor gated = gate_.Apply(z);
      sum = sum.defined() ? sum + gated : gated;
    }
    last_.Forward(context, &sum);
    if (shortcut_.made()) shortcut_.Forward(context, x);
    *x = sum.add_(*x).relu_();
  }

 private:
  using Streams = std::array<std::vector<LightConv>, kStreams>;

  // Names: conv2a for the stream of one layer, conv2b.0 and conv2b.1 for that of two, and so on.
  static Streams MakeStreams(const LayerContext& context, const std::string& name, int64_t width) {
    Streams streams;
    for (size_t s = 0; s < streams.size(); ++s) {
      const std::string stream = name + static_cast<char>('a' + s);
      for (size_t i = 0; i <= s; ++i)
        streams[s].emplace_back(context, s == 0 ? stream : stream + "." + std::to_string(i), width);
    }
    return streams;
  }

  ConvNorm first_;
  Streams streams_;
  Gate gate_;
  ConvNorm last_;
  ConvNorm shortcut_;
};

// Two blocks, then a 1x1 convolution and an average pool that halves the map, but for the last
// stage.
class Stage {
 public:
  Stage(const LayerContext& context, const std::string& name, int64_t in, int64_t out, bool halve)
      : first_(context, name + ".0", in, out), second_(context, name + ".1", out, out) {
    if (halve) transition_ = MakeConv(context, name + ".2.0", out, out);
  }

  void Forward(const ForwardContext& context, at::Tensor* x) const {
    first_.Forward(context, x);
    second_.Forward(context, x);
    if (!transition_.made()) return;
    ConvRelu(transition_, context, x);
    *x = at::avg_pool2d(*x, {2, 2}, {2, 2});
  }

 private:
  Block first_, second_;
  ConvNorm transition_;
};

using Channels = std::array<int64_t, 4>;  // of the stem and of the three stages

class Osnet : public Backbone {
 public:
  Osnet(const Channels& c, const LayerContext& context, const std::string& prefix)
      : stem_(MakeConv(context, prefix + "conv1", 3, c[0], 7, 2)),
        stages_{Stage(context, prefix + "conv2", c[0], c[1], true),
                Stage(context, prefix + "conv3", c[1], c[2], true),
                Stage(context, prefix + "conv4", c[2], c[3], false)},
        last_(MakeConv(context, prefix + "conv5", c[3], c[3])) {
    const std::string weight = prefix + "fc.0.weight";
    linear_ = &context.tensors.Add(
        weight, context.initialiser.Normal(weight, {kFeatureWidth, c[3]}, kLinearDeviation),
        TensorTable::Kind::kTrained);
    bias_ = AddZeros(context, prefix + "fc.0.bias", kFeatureWidth);
    norm_ = BatchNorm(context, prefix + "fc.1", kFeatureWidth, {.gate = false});
  }

  void Forward(const at::Tensor& images, const ForwardContext& context,
               at::Tensor* map) const override {
    at::Tensor x = images;
    ConvRelu(stem_, context, &x);
    x = at::max_pool2d(x, {3, 3}, {2, 2}, {1, 1}, {1, 1});
    for (const Stage& stage : stages_) {
      if (&stage == &stages_.back() && context.inner != nullptr) *context.inner = x;
      stage.Forward(context, &x);
    }
    ConvRelu(last_, context, &x);
    *map = x;
  }

  void AfterPooling(const ForwardContext& context, at::Tensor* pooled) const override {
    *pooled = at::linear(*pooled, *linear_, *bias_);
    norm_.Forward(context, pooled);
    pooled->relu_();
  }

 private:
  ConvNorm stem_;
  std::array<Stage, 3> stages_;
  ConvNorm last_;
  const at::Tensor* linear_ = nullptr;
  const at::Tensor* bias_ = nullptr;
  BatchNorm norm_;
};

BackboneInfo Describe(const std::string& name, const std::string& scale, const Channels& channels) {
  BackboneInfo info;
  info.name = name;
  info.revision = 1;
  info.about = "OSNet at " + scale + " of its width, with its fully connected layer";
  info.source = "Zhou et al., ICCV 2019; names of torchreid";
  info.feature_width = kFeatureWidth;
  info.map_widths = {static_cast<int>(channels[2]), static_cast<int>(channels[3])};
  info.weights = {"conv1.conv.weight",
                  {"classifier.", "bottleneck.", "heads.", "head.", "neck.", "pool."}};
  info.make = [channels](const SwitchValues&, const LayerContext& context,
                         const std::string& prefix) -> std::unique_ptr<Backbone> {
    return std::make_unique<Osnet>(channels, context, prefix);
  };
  return info;
}

}  // namespace

const BackboneInfo& backbone_osnet_x0_25() {
  static const BackboneInfo info = Describe("osnet_x0_25", "a quarter", {16, 64, 96, 128});
  return info;
}

const BackboneInfo& backbone_osnet_x0_5() {
  static const BackboneInfo info = Describe("osnet_x0_5", "half", {32, 128, 192, 256});
  return info;
}

const BackboneInfo& backbone_osnet_x0_75() {
  static const BackboneInfo info = Describe("osnet_x0_75", "three quarters", {48, 192, 288, 384});
  return info;
}

const BackboneInfo& backbone_osnet_x1_0() {
  static const BackboneInfo info = Describe("osnet_x1_0", "all", {64, 256, 384, 512});
  return info;
}

}  // namespace bcr
