#include <ATen/ATen.h>

#include "harness/nn/backbone.h"

namespace bcr {
namespace {

struct BlockShape {
  int64_t in, width;
  int stride;
  bool bottleneck;
  int64_t out() const { return bottleneck ? 4 * width : width; }
};

// relu(convolutions(x) + shortcut(x)); the shortcut is a strided 1x1 convolution where shapes
// differ.
class Block {
 public:
  Block(LayerContext context, const std::string& name, const BlockShape& s) {
    const auto add = [&](int64_t in, int64_t out, int kernel, int stride) {
      const std::string k = std::to_string(convolutions_.size() + 1);
      convolutions_.emplace_back(context, name + ".conv" + k, name + ".bn" + k,
                                 ConvNorm::Shape{in, out, kernel, stride});
    };
    if (s.bottleneck) {
      add(s.in, s.width, 1, 1);
      add(s.width, s.width, 3, s.stride);
      add(s.width, s.out(), 1, 1);
    } else {
      add(s.in, s.width, 3, s.stride);
      add(s.width, s.width, 3, 1);
    }
    if (s.stride != 1 || s.in != s.out())
      shortcut_ = ConvNorm(context, name + ".downsample.0", name + ".downsample.1",
                           {s.in, s.out(), 1, s.stride});
  }

  void Forward(at::Tensor* x, bool training) const {
    at::Tensor y = *x;
    for (size_t i = 0; i < convolutions_.size(); ++i) {
      if (i > 0) y.relu_();
      convolutions_[i].Forward(&y, training);
    }
    if (shortcut_.made()) shortcut_.Forward(x, training);
    *x = y.add_(*x).relu_();
  }

 private:
  std::vector<ConvNorm> convolutions_;
  ConvNorm shortcut_;
};

class ResidualBackbone : public Backbone {
 public:
  ResidualBackbone(const BackboneShape& shape, LayerContext context, const std::string& prefix)
      : stem_(context, prefix + "conv1", prefix + "bn1",
              {3, shape.stem_width, shape.stem_kernel, 2}),
        stem_pool_(shape.stem_pool) {
    int64_t in = shape.stem_width;
    for (size_t s = 0; s < shape.stages.size(); ++s) {
      const BackboneShape::Stage& stage = shape.stages[s];
      for (int b = 0; b < stage.blocks; ++b) {
        const BlockShape block{in, stage.width, b == 0 ? stage.stride : 1, shape.bottleneck};
        blocks_.emplace_back(
            context, prefix + "layer" + std::to_string(s + 1) + "." + std::to_string(b), block);
        in = block.out();
      }
    }
    if (shape.last_width > 0)
      last_ =
          ConvNorm(context, prefix + "conv_last", prefix + "bn_last", {in, shape.last_width, 1, 1});
  }

  void Forward(const at::Tensor& images, bool training, at::Tensor* map) const override {
    at::Tensor x = images;
    stem_.Forward(&x, training);
    x.relu_();
    if (stem_pool_) x = at::max_pool2d(x, 3, 2, 1);
    for (const Block& block : blocks_) block.Forward(&x, training);
    if (last_.made()) {
      last_.Forward(&x, training);
      x.relu_();
    }
    *map = x;
  }

 private:
  ConvNorm stem_;
  bool stem_pool_;
  std::vector<Block> blocks_;
  ConvNorm last_;
};

}  // namespace

std::unique_ptr<Backbone> NewResidualBackbone(const BackboneShape& shape, LayerContext context,
                                              const std::string& prefix) {
  return std::make_unique<ResidualBackbone>(shape, context, prefix);
}

}  // namespace bcr
