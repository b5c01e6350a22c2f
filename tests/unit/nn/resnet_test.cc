#include <gmock/gmock.h>

#include "harness/nn/model.h"
#include "tests/unit/nn/built_backbone.h"

namespace bcr {
namespace {

using testing::BuiltBackbone;
using testing::Images;
using testing::ParameterCount;

// Torchvision's counts, less those of fc (1000 x d weights and 1000 biases).
TEST(Resnet, PublishedParameterCounts) {
  EXPECT_EQ(ParameterCount("resnet18"), 11'689'512 - 513'000);
  EXPECT_EQ(ParameterCount("resnet34"), 21'797'672 - 513'000);
  EXPECT_EQ(ParameterCount("resnet50"), 25'557'032 - 2'049'000);
  EXPECT_EQ(ParameterCount("resnet101"), 44'549'160 - 2'049'000);
  EXPECT_EQ(ParameterCount("resnet152"), 60'192'808 - 2'049'000);
}

TEST(Resnet, IbnHasAsManyParameters) {
  for (const char* name : {"resnet18", "resnet34", "resnet50", "resnet101", "resnet152"})
    EXPECT_EQ(ParameterCount(std::string(name) + ",ibn=a"), ParameterCount(name)) << name;
}

TEST(Resnet, Resnet50HasTorchvisionsTensors) {
  const BuiltBackbone built("resnet50", Initialiser::Shapes());
  const auto all = built.tensors.All();
  // 320 entries of torchvision's state dict, less fc.weight and fc.bias; 53 of them are batch
  // counters.
  EXPECT_EQ(all.size(), 318U);
  size_t counters = 0, convolutions = 0;
  for (const auto& [name, tensor] : all) {
    counters += name.ends_with("num_batches_tracked");
    convolutions += tensor.dim() == 4;
  }
  EXPECT_EQ(counters, 53U);
  EXPECT_EQ(convolutions, 53U);
  for (const char* name :
       {"conv1.weight", "bn1.running_var", "layer1.0.conv3.weight", "layer1.0.downsample.0.weight",
        "layer3.5.bn3.bias", "layer4.0.downsample.1.running_mean", "layer4.2.conv2.weight"})
    EXPECT_TRUE(all.contains(name)) << name;
  EXPECT_FALSE(all.contains("layer1.1.downsample.0.weight"));
  EXPECT_EQ(all.at("layer4.0.conv2.weight").sizes().vec(), (std::vector<int64_t>{512, 512, 3, 3}));
}

TEST(Resnet, Resnet18HasTorchvisionsTensors) {
  const BuiltBackbone built("resnet18", Initialiser::Shapes());
  EXPECT_EQ(built.tensors.All().size(), 120U);
  EXPECT_FALSE(built.tensors.Has("layer1.0.downsample.0.weight"));
  EXPECT_TRUE(built.tensors.Has("layer2.0.downsample.0.weight"));
}

// The names of the authors' IBN-Net code: bn1 of every block of layer1 to layer3, and nothing else.
TEST(Resnet, IbnReplacesTheFirstNormOfThreeStages) {
  const BuiltBackbone plain("resnet50", Initialiser::Shapes());
  const BuiltBackbone ibn("resnet50,ibn=a", Initialiser::Shapes());
  size_t replaced = 0;
  for (const auto& [name, tensor] : plain.tensors.All()) {
    const bool first = name.find(".bn1.") != std::string::npos && !name.starts_with("layer4");
    EXPECT_EQ(ibn.tensors.Has(name), !first) << name;
    if (!first) continue;
    std::string own = name;
    own.insert(name.find(".bn1.") + 5, "BN.");
    EXPECT_TRUE(ibn.tensors.Has(own)) << own;
    replaced += name.ends_with(".bn1.weight");
  }
  EXPECT_EQ(replaced, 13U);
  const auto all = ibn.tensors.All();
  // 5 entries of the batch half, 2 of the instance half, in place of 5.
  EXPECT_EQ(all.size(), 318U + 2 * 13);
  EXPECT_EQ(all.at("layer2.0.bn1.IN.weight").numel(), 64);
  EXPECT_EQ(all.at("layer2.0.bn1.BN.running_var").numel(), 64);
  EXPECT_FALSE(all.contains("layer2.0.bn1.IN.running_var"));
}

TEST(Resnet, LastStrideIsOne) {
  EXPECT_EQ(BuiltBackbone("resnet50").Map(Images(1, 256, 128)).sizes().vec(),
            (std::vector<int64_t>{1, 2048, 16, 8}));
  EXPECT_EQ(BuiltBackbone("resnet18").Map(Images(1, 256, 128)).sizes().vec(),
            (std::vector<int64_t>{1, 512, 16, 8}));
}

// Half of the channels of an IBN layer are normalised over each image alone, in evaluation too:
// scale and shift of an image's brightness do not reach them.
TEST(Resnet, InstanceHalfIgnoresContrast) {
  TensorTable table;
  const InstanceBatchNorm norm({table, Initialiser(1)}, "bn", 8);
  const at::Tensor x = Images(2, 6, 5).repeat({1, 4, 1, 1}).slice(1, 0, 8);
  at::Tensor one = x, other = 3 * x + 2;
  norm.Forward({}, &one);
  norm.Forward({}, &other);
  EXPECT_LT((one - other).slice(1, 0, 4).abs().max().item<float>(), 1e-4);
  EXPECT_GT((one - other).slice(1, 4, 8).abs().min().item<float>(), 1e-4);
  EXPECT_LT(one.slice(1, 0, 4).mean({2, 3}).abs().max().item<float>(), 1e-5);
  EXPECT_NEAR(one[1][3].var(/*unbiased=*/false).item<float>(), 1, 1e-4);
}

TEST(Resnet, StemWithoutReluLetsNegativeValuesThrough) {
  const at::Tensor images = Images(2, 64, 32);
  const BuiltBackbone with("resnet18"), without("resnet18,stem_relu=off");
  for (const auto& [name, tensor] : with.tensors.All())
    EXPECT_TRUE(testing::SameBytes(tensor.detach(), without.tensors.All().at(name).detach()))
        << name;
  const at::Tensor a = with.Map(images), b = without.Map(images);
  EXPECT_GT((a - b).abs().max().item<float>(), 1e-3);
}

TEST(Resnet, GradientsAgreeWithDifferences) {
  EXPECT_LT(testing::GradientError("resnet18,ibn=a,stem_relu=off", 32, 32), 1e-5);
}

TEST(Resnet, ConvolutionsStartByFanOut) {
  const BuiltBackbone built("resnet18");
  const at::Tensor weight = built.tensors.All().at("layer4.1.conv1.weight");
  const double deviation = weight.detach().to(at::kDouble).std().item<double>();
  EXPECT_NEAR(deviation, std::sqrt(2.0 / (512 * 9)), 2e-5);
  EXPECT_NEAR(weight.detach().to(at::kDouble).mean().item<double>(), 0, 5e-5);
}

}  // namespace
}  // namespace bcr
