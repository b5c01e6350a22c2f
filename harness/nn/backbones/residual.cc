#include "harness/nn/backbones/residual.h"

#include <ATen/ATen.h>

namespace bcr {
namespace {

struct BlockShape {
  int64_t in, width;
  int stride;
  bool bottleneck, instance_norm;
  int64_t out() const { return bottleneck ? 4 * width : width; }
};

// relu(convolutions(x) + shortcut(x)); the shortcut is a strided 1x1 convolution where shapes
// differ.
class Block {
 public:
  Block(const LayerContext& context, const std::string& name, const BlockShape& s) {
    const auto add = [&](int64_t in, int64_t out, int kernel, int stride) {
      const std::string k = std::to_string(convolutions_.size() + 1);
      ConvNorm::Shape shape{in, out, kernel, stride};
      shape.instance_norm = s.instance_norm && convolutions_.empty();
      convolutions_.emplace_back(context, name + ".conv" + k, name + ".bn" + k, shape);
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

  void Forward(const ForwardContext& context, at::Tensor* x) const {
    at::Tensor y = *x;
    for (size_t i = 0; i < convolutions_.size(); ++i) {
      if (i > 0) y.relu_();
      convolutions_[i].Forward(context, &y);
    }
    if (shortcut_.made()) shortcut_.Forward(context, x);
    *x = y.add_(*x).relu_();
  }

 private:
  std::vector<ConvNorm> convolutions_;
  ConvNorm shortcut_;
};

// A run of blocks, with the stem before the first one and the closing convolution behind the last.
class ResidualBackbone : public Backbone {
 public:
  ResidualBackbone(const ResidualShape& shape, const BlockRange& range, const LayerContext& context,
                   const std::string& prefix)
      : stem_pool_(shape.stem_pool), stem_relu_(shape.stem_relu) {
    if (range.begin == 0)
      stem_ = ConvNorm(context, prefix + "conv1", prefix + "bn1",
                       {3, shape.stem_width, shape.stem_kernel, 2});
    int64_t in = shape.stem_width;
    int place = 0;
    for (size_t s = 0; s < shape.stages.size(); ++s) {
      const ResidualShape::Stage& stage = shape.stages[s];
      for (int b = 0; b < stage.blocks; ++b) {
        const BlockShape block{in, stage.width, b == 0 ? stage.stride : 1, shape.bottleneck,
                               stage.instance_norm};
        in = block.out();
        const bool within = place >= range.begin && place < range.end;
        ++place;
        if (!within) continue;
        if (s + 1 == shape.stages.size() && b == 0) last_stage_ = blocks_.size();
        blocks_.emplace_back(
            context, prefix + "layer" + std::to_string(s + 1) + "." + std::to_string(b), block);
      }
    }
    if (shape.last_width > 0 && range.end == shape.blocks())
      last_ =
          ConvNorm(context, prefix + "conv_last", prefix + "bn_last", {in, shape.last_width, 1, 1});
  }

  void Forward(const at::Tensor& images, const ForwardContext& context,
               at::Tensor* map) const override {
    at::Tensor x = images;
    if (stem_.made()) {
      stem_.Forward(context, &x);
      if (stem_relu_) x.relu_();
      if (stem_pool_) x = at::max_pool2d(x, {3, 3}, {2, 2}, {1, 1}, {1, 1});
    }
    for (size_t i = 0; i < blocks_.size(); ++i) {
      if (i == last_stage_ && context.inner != nullptr) *context.inner = x;
      blocks_[i].Forward(context, &x);
    }
    if (last_.made()) {
      last_.Forward(context, &x);
      x.relu_();
    }
    *map = x;
  }

 private:
  ConvNorm stem_;
  bool stem_pool_, stem_relu_;
  std::vector<Block> blocks_;
  size_t last_stage_ = 0;  // the first block of it
  ConvNorm last_;
};

}  // namespace

int ResidualShape::feature_width() const {
  if (last_width > 0) return last_width;
  return stages.back().width * (bottleneck ? 4 : 1);
}

std::vector<int> ResidualShape::map_widths() const {
  return {stages[stages.size() - 2].width * (bottleneck ? 4 : 1), feature_width()};
}

int ResidualShape::blocks() const {
  int count = 0;
  for (const Stage& stage : stages) count += stage.blocks;
  return count;
}

std::unique_ptr<Backbone> NewResidualBackbone(const ResidualShape& shape,
                                              const LayerContext& context,
                                              const std::string& prefix) {
  return NewResidualPart(shape, {0, shape.blocks()}, context, prefix);
}

std::unique_ptr<Backbone> NewResidualPart(const ResidualShape& shape, const BlockRange& range,
                                          const LayerContext& context, const std::string& prefix) {
  return std::make_unique<ResidualBackbone>(shape, range, context, prefix);
}

WeightNames TorchvisionNames() {
  return {"conv1.weight",
          {"fc.", "classifier.", "bottleneck.", "heads.", "head.", "neck.", "pool."}};
}

}  // namespace bcr
