// Vision transformers: Dosovitskiy et al., ICLR 2021, table 1 (ViT-B/16), and Touvron et al., ICML
// 2021 (DeiT), table 1 (ViT-Ti/16, ViT-S/16), with the parameter names of timm. An image is cut into
// patches of p x p pixels, each mapped to d values; a class token comes first, position embeddings
// are added, and `depth` blocks follow:
//
//   x <- x + proj(attention(qkv(norm1(x))))    softmax(q k^T / sqrt(d / heads)) v for each head
//   x <- x + fc2(gelu(fc1(norm2(x))))          4 d values inside
//
// The feature is the class token behind the last layer norm, B x d: there is no map to pool.
//
// Switch stride: the step from patch to patch. Below p, patches overlap, as in TransReID (He et al.,
// ICCV 2021), whose best models take 12 for patches of 16. Pixels behind the last whole patch are
// left out, as there. Position embeddings keep their published grid (14 x 14) in files and in
// memory; each forward pass interpolates them to the grid of its images, and gradients flow back
// through it (timm's dynamic_img_size; TransReID interpolates once, bilinear, when it loads).
// TransReID's camera embedding, jigsaw branches and stochastic depth are not here, and its
// vit_small is another network.
//
// No size is spelt out for the images of a batch: a trace of one (torchscript_file.h) serves any.
//
// Starting weights are timm's: matrices and positions N(0, 0.02) (timm cuts at +-2, which is 100
// deviations), biases 0, class token N(0, 1e-6); the patches' convolution uniform within
// 1 / sqrt(3 p p), PyTorch's default.
#include <ATen/ATen.h>

#include <cmath>

#include "harness/nn/backbone.h"
#include "harness/nn/backbones/positions.h"

namespace bcr {
namespace {

constexpr double kDeviation = 0.02, kTokenDeviation = 1e-6;
constexpr double kEpsilon = 1e-6;
constexpr int64_t kExpansion = 4;

struct Shape {
  int64_t width, depth, heads, patch, stride;
  Grid grid;  // of the position embeddings
};

const at::Tensor* Add(const LayerContext& context, const std::string& name,
                      const at::Tensor& value) {
  return &context.tensors.Add(name, value, TensorTable::Kind::kTrained);
}

class Linear {
 public:
  Linear(const LayerContext& context, const std::string& name, int64_t in, int64_t out) {
    const std::string weight = name + ".weight";
    weight_ = Add(context, weight, context.initialiser.Normal(weight, {out, in}, kDeviation));
    bias_ = Add(context, name + ".bias", at::zeros({out}));
  }
  at::Tensor Apply(const at::Tensor& x) const { return at::linear(x, *weight_, *bias_); }
  // The outputs from `first` on, `count` of them.
  at::Tensor Apply(const at::Tensor& x, int64_t first, int64_t count) const {
    return at::linear(x, weight_->narrow(0, first, count), bias_->narrow(0, first, count));
  }

 private:
  const at::Tensor *weight_, *bias_;
};

class LayerNorm {
 public:
  LayerNorm(const LayerContext& context, const std::string& name, int64_t width)
      : weight_(Add(context, name + ".weight", at::ones({width}))),
        bias_(Add(context, name + ".bias", at::zeros({width}))) {}
  at::Tensor Apply(const at::Tensor& x) const {
    return at::layer_norm(x, weight_->sizes(), *weight_, *bias_, kEpsilon);
  }

 private:
  const at::Tensor *weight_, *bias_;
};

class Block {
 public:
  Block(const LayerContext& context, const std::string& name, const Shape& shape)
      : heads_(shape.heads),
        norm1_(context, name + ".norm1", shape.width),
        qkv_(context, name + ".attn.qkv", shape.width, 3 * shape.width),
        proj_(context, name + ".attn.proj", shape.width, shape.width),
        norm2_(context, name + ".norm2", shape.width),
        fc1_(context, name + ".mlp.fc1", shape.width, kExpansion * shape.width),
        fc2_(context, name + ".mlp.fc2", kExpansion * shape.width, shape.width) {}

  // x: B x tokens x d; the first `kept` tokens are computed: B x kept x d. Those behind them are then
  // seen by attention alone, so that the last block does the work of one token.
  at::Tensor Apply(const at::Tensor& x, int64_t kept) const {
    const at::Tensor y = x.narrow(1, 0, kept) + proj_.Apply(Attention(norm1_.Apply(x), kept));
    return y + fc2_.Apply(at::gelu(fc1_.Apply(norm2_.Apply(y))));
  }

 private:
  at::Tensor Attention(const at::Tensor& x, int64_t kept) const {
    const int64_t tokens = x.size(1), width = x.size(2);
    // B x n x count d to count x B x heads x n x d / heads
    const auto split = [&](const at::Tensor& y, int64_t count) {
      return y.view({-1, y.size(1), count, heads_, width / heads_}).permute({2, 0, 3, 1, 4});
    };
    at::Tensor mixed;
    if (kept == tokens) {
      const at::Tensor qkv = split(qkv_.Apply(x), 3);
      mixed = at::scaled_dot_product_attention(qkv[0], qkv[1], qkv[2]);
    } else {
      const at::Tensor q = split(qkv_.Apply(x.narrow(1, 0, kept), 0, width), 1);
      const at::Tensor kv = split(qkv_.Apply(x, width, 2 * width), 2);
      mixed = at::scaled_dot_product_attention(q[0], kv[0], kv[1]);
    }
    return mixed.transpose(1, 2).reshape({-1, kept, width});
  }

  int64_t heads_;
  LayerNorm norm1_;
  Linear qkv_, proj_;
  LayerNorm norm2_;
  Linear fc1_, fc2_;
};

class Vit : public Backbone {
 public:
  Vit(const Shape& shape, const LayerContext& context, const std::string& prefix) : shape_(shape) {
    const int64_t d = shape.width, p = shape.patch;
    const Initialiser& initialiser = context.initialiser;
    const std::string token = prefix + "cls_token", positions = prefix + "pos_embed";
    token_ = Add(context, token, initialiser.Normal(token, {1, 1, d}, kTokenDeviation));
    positions_ = Add(context, positions,
                     initialiser.Normal(positions, {1, 1 + shape.grid.rows * shape.grid.columns, d},
                                        kDeviation));
    const std::string patch = prefix + "patch_embed.proj";
    const double bound = 1 / std::sqrt(static_cast<double>(3 * p * p));
    weight_ = Add(context, patch + ".weight",
                  initialiser.Uniform(patch + ".weight", {d, 3, p, p}, bound));
    bias_ = Add(context, patch + ".bias", initialiser.Uniform(patch + ".bias", {d}, bound));
    for (int64_t b = 0; b < shape.depth; ++b)
      blocks_.emplace_back(context, prefix + "blocks." + std::to_string(b), shape);
    norm_ = std::make_unique<LayerNorm>(context, prefix + "norm", d);
  }

  void Forward(const at::Tensor& images, const ForwardContext& /*context*/,
               at::Tensor* map) const override {
    const at::Tensor patches = Convolve(images, *weight_, bias_, shape_.stride);
    const Grid grid{patches.size(2), patches.size(3)};
    const at::Tensor tokens = patches.flatten(2).transpose(1, 2);
    at::Tensor x = at::cat({token_->expand_as(tokens.narrow(1, 0, 1)), tokens}, 1);
    x = x + ResamplePositions(*positions_, shape_.grid, grid);
    for (const Block& block : blocks_)
      x = block.Apply(x, &block == &blocks_.back() ? 1 : x.size(1));
    *map = norm_->Apply(x).view({-1, shape_.width, 1, 1});
  }

 private:
  Shape shape_;
  const at::Tensor *token_, *positions_, *weight_, *bias_;
  std::vector<Block> blocks_;
  std::unique_ptr<LayerNorm> norm_;
};

BackboneInfo Describe(const std::string& name, const Shape& shape, const std::string& overlapping) {
  BackboneInfo info;
  info.name = name;
  info.revision = 1;
  info.feature_width = static_cast<int>(shape.width);
  info.class_token = true;
  info.switches = {{"stride",
                    {std::to_string(shape.stride), overlapping},
                    "pixels from patch to patch; patches of " + std::to_string(shape.patch) +
                        " overlap at " + overlapping}};
  info.weights = {"patch_embed.proj.weight",
                  {"head.", "head_dist.", "pre_logits.", "fc_norm.", "classifier.", "bottleneck.",
                   "heads.", "neck.", "pool."}};
  info.make = [shape](const SwitchValues& values, const LayerContext& context,
                      const std::string& prefix) -> std::unique_ptr<Backbone> {
    Shape chosen = shape;
    chosen.stride = std::stoll(values.at("stride"));
    return std::make_unique<Vit>(chosen, context, prefix);
  };
  return info;
}

// Patches of 16 with positions of 224 x 224 pixels.
BackboneInfo Published(const std::string& name, const std::string& letters, int64_t width,
                       int64_t heads) {
  BackboneInfo info = Describe(name, {width, 12, heads, 16, 16, {14, 14}}, "12");
  info.about = "ViT-" + letters + "/16, class token";
  info.source = "Dosovitskiy et al., ICLR 2021; Touvron et al., ICML 2021; names of timm";
  return info;
}

}  // namespace

const BackboneInfo& backbone_vit_micro() {
  static const BackboneInfo info = [] {
    BackboneInfo made = Describe("vit_micro", {128, 6, 4, 8, 8, {8, 4}}, "6");
    made.about = "ViT of six blocks with patches of 8, class token; for small images and CPUs";
    made.source = "of this project; names of timm";
    return made;
  }();
  return info;
}

const BackboneInfo& backbone_vit_tiny() {
  static const BackboneInfo info = Published("vit_tiny", "Ti", 192, 3);
  return info;
}

const BackboneInfo& backbone_vit_small() {
  static const BackboneInfo info = Published("vit_small", "S", 384, 6);
  return info;
}

const BackboneInfo& backbone_vit_base() {
  static const BackboneInfo info = Published("vit_base", "B", 768, 12);
  return info;
}

}  // namespace bcr
