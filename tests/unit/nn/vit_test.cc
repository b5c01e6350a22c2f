#include <gmock/gmock.h>

#include "harness/nn/backbones/positions.h"
#include "harness/nn/model.h"
#include "tests/unit/nn/built_backbone.h"

namespace bcr {
namespace {

using testing::BuiltBackbone;
using testing::Images;
using testing::MessageOf;
using testing::ParameterCount;
using Shape = std::vector<int64_t>;

// timm's counts of vit_{tiny,small,base}_patch16_224, less those of head (1000 x d weights and 1000
// biases).
TEST(Vit, PublishedParameterCounts) {
  EXPECT_EQ(ParameterCount("vit_tiny"), 5'717'416 - 193'000);
  EXPECT_EQ(ParameterCount("vit_small"), 22'050'664 - 385'000);
  EXPECT_EQ(ParameterCount("vit_base"), 86'567'656 - 769'000);
  EXPECT_EQ(ParameterCount("vit_small,stride=12"), ParameterCount("vit_small"));
}

TEST(Vit, TimmsTensors) {
  const BuiltBackbone built("vit_small", Initialiser::Shapes());
  const auto all = built.tensors.All();
  // 152 entries of timm's state dict, less head.weight and head.bias; all of them are trained.
  EXPECT_EQ(all.size(), 150U);
  EXPECT_EQ(built.tensors.Trained().size(), 150U);
  const auto shape = [&](const std::string& name) {
    return all.contains(name) ? all.at(name).sizes().vec() : Shape{-1};
  };
  EXPECT_EQ(shape("cls_token"), (Shape{1, 1, 384}));
  EXPECT_EQ(shape("pos_embed"), (Shape{1, 197, 384}));
  EXPECT_EQ(shape("patch_embed.proj.weight"), (Shape{384, 3, 16, 16}));
  EXPECT_EQ(shape("patch_embed.proj.bias"), (Shape{384}));
  EXPECT_EQ(shape("blocks.0.norm1.weight"), (Shape{384}));
  EXPECT_EQ(shape("blocks.0.attn.qkv.weight"), (Shape{1152, 384}));
  EXPECT_EQ(shape("blocks.3.attn.qkv.bias"), (Shape{1152}));
  EXPECT_EQ(shape("blocks.11.attn.proj.weight"), (Shape{384, 384}));
  EXPECT_EQ(shape("blocks.11.norm2.bias"), (Shape{384}));
  EXPECT_EQ(shape("blocks.11.mlp.fc1.weight"), (Shape{1536, 384}));
  EXPECT_EQ(shape("blocks.11.mlp.fc2.weight"), (Shape{384, 1536}));
  EXPECT_EQ(shape("norm.bias"), (Shape{384}));
}

TEST(Vit, FeatureIsTheClassToken) {
  EXPECT_EQ(BackboneWidth("vit_micro"), 128);
  EXPECT_EQ(BackboneWidth("vit_tiny"), 192);
  EXPECT_EQ(BackboneWidth("vit_small"), 384);
  EXPECT_EQ(BackboneWidth("vit_base"), 768);
  EXPECT_EQ(BuiltBackbone("vit_tiny").Map(Images(2, 256, 128)).sizes().vec(),
            (Shape{2, 192, 1, 1}));
}

// Whatever pooling is asked for, there is no map to pool: the features are the same, and no power is
// learned.
TEST(Vit, PoolingMeansTheToken) {
  const at::Tensor images = Images(2, 64, 32);
  at::Tensor features[2];
  for (const char* pooling : {"gem", "avg"}) {
    ModelSpec spec;
    spec.backbone = "vit_micro";
    spec.pooling = pooling;
    const auto model = Model::Make(spec, 1);
    EXPECT_EQ(model->spec().pooling, "token");
    EXPECT_FALSE(model->State().contains("pool.p"));
    model->Forward(images, &features[pooling[0] == 'a'], nullptr, nullptr);
    spec = model->spec();  // as model.json holds it
    EXPECT_EQ(Model::Make(spec, 1)->spec().pooling, "token");
  }
  EXPECT_TRUE(testing::SameBytes(features[0].detach(), features[1].detach()));
  EXPECT_LT(features[0].min().item<float>(), 0);  // no clamp of gem's
  EXPECT_EQ(PoolingOf("vit_tiny,stride=12", "gem"), "token");
  EXPECT_EQ(PoolingOf("micro16", "avg"), "avg");
}

TEST(Vit, OtherPoolingsAreRefused) {
  const auto refusal = [](const char* backbone, const char* pooling) {
    ModelSpec spec;
    spec.backbone = backbone;
    spec.pooling = pooling;
    return MessageOf(ErrorCode::kConfig, [&] { Model::Make(spec, 1); });
  };
  EXPECT_THAT(refusal("vit_micro", "max"), ::testing::HasSubstr("token, gem or avg"));
  EXPECT_THAT(refusal("micro16", "token"), ::testing::HasSubstr("gem or avg"));
}

// In a width of 128 pixels patches begin at 0, 12, ..., 108: the last four columns are seen by none.
TEST(Vit, OverlappingPatchesCoverTransReidsGrid) {
  const BuiltBackbone apart("vit_tiny"), overlapping("vit_tiny,stride=12");
  at::Tensor images = Images(1, 32, 128);
  const at::Tensor before = overlapping.Map(images), plain = apart.Map(images);
  images.slice(3, 124, 128).fill_(5);
  EXPECT_TRUE(testing::SameBytes(overlapping.Map(images).detach(), before.detach()));
  EXPECT_FALSE(testing::SameBytes(apart.Map(images).detach(), plain.detach()));
  images.slice(3, 123, 124).fill_(5);
  EXPECT_FALSE(testing::SameBytes(overlapping.Map(images).detach(), before.detach()));
}

TEST(Vit, StartsAsTimmDoes) {
  const auto all = BuiltBackbone("vit_tiny").tensors.All();
  const auto deviation = [&](const char* name) {
    return all.at(name).detach().to(at::kDouble).std().item<double>();
  };
  const auto largest = [&](const char* name) {
    return all.at(name).detach().abs().max().item<double>();
  };
  EXPECT_NEAR(deviation("blocks.4.attn.qkv.weight"), 0.02, 2e-4);
  EXPECT_NEAR(deviation("blocks.11.mlp.fc2.weight"), 0.02, 2e-4);
  EXPECT_NEAR(deviation("pos_embed"), 0.02, 4e-4);
  EXPECT_NEAR(deviation("cls_token"), 1e-6, 2e-7);
  EXPECT_EQ(largest("blocks.4.attn.qkv.bias"), 0);
  const double bound = 1 / std::sqrt(3.0 * 16 * 16);
  EXPECT_NEAR(deviation("patch_embed.proj.weight"), bound / std::sqrt(3.0), 2e-4);
  for (const char* name : {"patch_embed.proj.weight", "patch_embed.proj.bias"}) {
    EXPECT_LE(largest(name), bound) << name;
    EXPECT_GT(largest(name), 0.9 * bound) << name;
  }
}

TEST(Vit, GradientsAgreeWithDifferences) {
  EXPECT_LT(testing::GradientError("vit_micro", 64, 32), 1e-5);
  EXPECT_LT(testing::GradientError("vit_micro,stride=6", 48, 32), 1e-5);
}

// bfloat16 products, float32 sums: the token stays near float32's.
TEST(Vit, Bf16FeaturesAreNearThoseOfFp32) {
  ModelSpec spec;
  spec.backbone = "vit_micro";
  spec.height = 96;
  const at::Tensor images = Images(4, 96, 32);
  at::Tensor exact, rounded;
  Model::Make(spec, 3)->Forward(images, &exact, nullptr, nullptr);
  const auto model = Model::Make(spec, 3);
  model->SetPrecision("bf16");
  model->Forward(images, &rounded, nullptr, nullptr);
  EXPECT_EQ(rounded.scalar_type(), at::kFloat);
  EXPECT_FALSE(testing::SameBytes(exact.detach(), rounded.detach()));
  EXPECT_LT((exact - rounded).norm().item<double>(), 0.05 * exact.norm().item<double>());
}

at::Tensor ByPytorch(const at::Tensor& positions, const Grid& from, const Grid& to) {
  const int64_t d = positions.size(2);
  const at::Tensor grid = positions.slice(1, 1).reshape({1, from.rows, from.columns, d});
  const at::Tensor patches = at::_upsample_bicubic2d_aa(grid.permute({0, 3, 1, 2}).contiguous(),
                                                        {to.rows, to.columns}, false);
  return at::cat({positions.slice(1, 0, 1), patches.permute({0, 2, 3, 1}).reshape({1, -1, d})}, 1);
}

at::Tensor Positions(const Grid& grid) {
  return Images(1, 1 + grid.rows * grid.columns, 5)[0].to(at::kDouble).slice(0, 0, 1);
}

TEST(Positions, AgreeWithPytorchsBicubic) {
  const Grid square{14, 14};
  for (const Grid& to : {Grid{16, 8}, Grid{21, 10}, Grid{24, 8}, Grid{4, 2}, Grid{1, 1},
                         Grid{30, 14}, Grid{14, 8}}) {
    const at::Tensor positions = Positions(square),
                     resampled = ResamplePositions(positions, square, to);
    EXPECT_LT((resampled - ByPytorch(positions, square, to)).abs().max().item<double>(), 1e-12)
        << to.rows << "x" << to.columns;
    EXPECT_LT((ResamplePositions(positions.to(at::kFloat), square, to) - resampled)
                  .abs()
                  .max()
                  .item<double>(),
              1e-5);
  }
  const Grid tall{8, 4};
  EXPECT_LT((ResamplePositions(Positions(tall), tall, {10, 5}) -
             ByPytorch(Positions(tall), tall, {10, 5}))
                .abs()
                .max()
                .item<double>(),
            1e-12);
}

TEST(Positions, TheSameGridIsLeftAlone) {
  const at::Tensor positions = Positions({8, 4});
  EXPECT_TRUE(testing::SameBytes(ResamplePositions(positions, {8, 4}, {8, 4}), positions));
  // As many places, another shape: not the same.
  EXPECT_FALSE(testing::SameBytes(ResamplePositions(positions, {8, 4}, {4, 8}), positions));
}

TEST(Positions, GradientIsPytorchs) {
  at::Tensor ours = Positions({14, 14}), theirs = ours.clone();
  ours.set_requires_grad(true);
  theirs.set_requires_grad(true);
  ResamplePositions(ours, {14, 14}, {16, 8}).pow(2).sum().backward();
  ByPytorch(theirs, {14, 14}, {16, 8}).pow(2).sum().backward();
  EXPECT_LT((ours.grad() - theirs.grad()).abs().max().item<double>(), 1e-11);
}

}  // namespace
}  // namespace bcr
