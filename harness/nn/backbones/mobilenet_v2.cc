// MobileNetV2 (Sandler et al., CVPR 2018, table 2) with torchvision's parameter names. Inverted
// residual blocks: 1x1 convolution to a multiple of the width, depthwise 3x3, linear 1x1 down, with
// a shortcut where shapes agree; ReLU6. Published re-identification models (torchreid, FastReID)
// keep the last stride at 2, as ImageNet's do; last_stride=1 doubles the map's height and width, as
// is usual for ResNet (Luo et al., "Bag of Tricks", CVPR workshops 2019).
#include <ATen/ATen.h>

#include "harness/nn/backbone.h"

namespace bcr {
namespace {

constexpr int64_t kStemWidth = 32, kFeatureWidth = 1280;

struct Stage {
  int64_t expansion, width;
  int blocks, stride;  // the stride is that of the first block
};
constexpr Stage kStages[] = {{1, 16, 1, 1}, {6, 24, 2, 2},  {6, 32, 3, 2}, {6, 64, 4, 2},
                             {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}};
constexpr int kLastStrided = 5;  // of the stages

// Convolution, batch norm and ReLU6: torchvision's Sequential `name` of three.
class ConvRelu6 {
 public:
  ConvRelu6() = default;
  ConvRelu6(const LayerContext& context, const std::string& name, const ConvNorm::Shape& shape)
      : layer_(context, name + ".0", name + ".1", shape) {}
  void Forward(const ForwardContext& context, at::Tensor* x) const {
    layer_.Forward(context, x);
    at::hardtanh_(*x, 0, 6);
  }

 private:
  ConvNorm layer_;
};

// x + down(depthwise(up(x))), or without x where the shapes differ. No `up` at expansion 1.
class InvertedResidual {
 public:
  InvertedResidual(const LayerContext& context, const std::string& name, int64_t in,
                   const Stage& stage, int stride)
      : shortcut_(stride == 1 && in == stage.width) {
    const int64_t inner = in * stage.expansion;
    const auto part = [&] { return name + ".conv." + std::to_string(inner_.size()); };
    if (stage.expansion != 1)
      inner_.emplace_back(context, part(), ConvNorm::Shape{in, inner, 1, 1});
    inner_.emplace_back(context, part(), ConvNorm::Shape{inner, inner, 3, stride, inner});
    const std::string norm = name + ".conv." + std::to_string(inner_.size() + 1);
    down_ = ConvNorm(context, part(), norm, {inner, stage.width, 1, 1});
  }

  void Forward(const ForwardContext& context, at::Tensor* x) const {
    at::Tensor y = *x;
    for (const ConvRelu6& layer : inner_) layer.Forward(context, &y);
    down_.Forward(context, &y);
    *x = shortcut_ ? y.add_(*x) : y;
  }

 private:
  bool shortcut_;
  std::vector<ConvRelu6> inner_;
  ConvNorm down_;
};

class MobilenetV2 : public Backbone {
 public:
  MobilenetV2(int last_stride, const LayerContext& context, const std::string& prefix)
      : stem_(context, prefix + "features.0", {3, kStemWidth, 3, 2}) {
    int64_t in = kStemWidth;
    const auto next = [&] { return prefix + "features." + std::to_string(blocks_.size() + 1); };
    for (const Stage& stage : kStages) {
      const int first = &stage == &kStages[kLastStrided] ? last_stride : stage.stride;
      for (int b = 0; b < stage.blocks; ++b) {
        blocks_.emplace_back(context, next(), in, stage, b == 0 ? first : 1);
        in = stage.width;
      }
    }
    last_ = ConvRelu6(context, next(), {in, kFeatureWidth, 1, 1});
  }

  void Forward(const at::Tensor& images, const ForwardContext& context,
               at::Tensor* map) const override {
    at::Tensor x = images;
    stem_.Forward(context, &x);
    for (const InvertedResidual& block : blocks_) block.Forward(context, &x);
    last_.Forward(context, &x);
    *map = x;
  }

 private:
  ConvRelu6 stem_;
  std::vector<InvertedResidual> blocks_;
  ConvRelu6 last_;
};

}  // namespace

const BackboneInfo& backbone_mobilenet_v2() {
  static const BackboneInfo info = [] {
    BackboneInfo made;
    made.name = "mobilenet_v2";
    made.revision = 1;
    made.about = "MobileNetV2 at its published width";
    made.source = "Sandler et al., CVPR 2018; names of torchvision";
    made.feature_width = kFeatureWidth;
    made.switches = {{"last_stride", {"2", "1"}, "stride of the last stage that has one"}};
    made.weights = {"features.0.0.weight",
                    {"classifier.", "bottleneck.", "heads.", "head.", "neck.", "pool."}};
    made.make = [](const SwitchValues& values, const LayerContext& context,
                   const std::string& prefix) -> std::unique_ptr<Backbone> {
      return std::make_unique<MobilenetV2>(values.at("last_stride") == "1" ? 1 : 2, context,
                                           prefix);
    };
    return made;
  }();
  return info;
}

}  // namespace bcr
