#include "harness/nn/backbone.h"

#include <gmock/gmock.h>

#include "tests/unit/nn/tensors.h"

namespace bcr {
namespace {

using ::testing::HasSubstr;
using testing::Images;
using testing::MessageOf;

struct Built {
  TensorTable tensors;
  std::unique_ptr<Backbone> backbone;
};

std::unique_ptr<Built> Build(const std::string& name) {
  auto built = std::make_unique<Built>();
  const Initialiser initialiser(1);
  built->backbone = NewResidualBackbone(FindBackbone(name), {built->tensors, initialiser}, "");
  return built;
}

std::vector<int64_t> MapShape(const std::string& name, int height, int width) {
  const auto built = Build(name);
  at::Tensor map;
  built->backbone->Forward(Images(1, height, width), false, &map);
  return map.sizes().vec();
}

int64_t ParameterCount(const TensorTable& tensors) {
  int64_t count = 0;
  for (const at::Tensor& t : tensors.Trained()) count += t.numel();
  return count;
}

TEST(Backbone, Resnet50HasTorchvisionsTensors) {
  const auto built = Build("resnet50");
  const auto all = built->tensors.All();
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
  EXPECT_EQ(ParameterCount(built->tensors), 23'508'032);
  for (const char* name :
       {"conv1.weight", "bn1.running_var", "layer1.0.conv3.weight", "layer1.0.downsample.0.weight",
        "layer3.5.bn3.bias", "layer4.0.downsample.1.running_mean", "layer4.2.conv2.weight"})
    EXPECT_TRUE(all.contains(name)) << name;
  EXPECT_FALSE(all.contains("layer1.1.downsample.0.weight"));
  EXPECT_EQ(all.at("layer4.0.conv2.weight").sizes().vec(), (std::vector<int64_t>{512, 512, 3, 3}));
}

TEST(Backbone, Resnet18HasTorchvisionsTensors) {
  const auto built = Build("resnet18");
  EXPECT_EQ(built->tensors.All().size(), 120U);
  EXPECT_EQ(ParameterCount(built->tensors), 11'176'512);
  EXPECT_FALSE(built->tensors.Has("layer1.0.downsample.0.weight"));
  EXPECT_TRUE(built->tensors.Has("layer2.0.downsample.0.weight"));
}

TEST(Backbone, LastStrideIsOne) {
  EXPECT_EQ(MapShape("resnet50", 256, 128), (std::vector<int64_t>{1, 2048, 16, 8}));
  EXPECT_EQ(MapShape("resnet18", 256, 128), (std::vector<int64_t>{1, 512, 16, 8}));
}

TEST(Backbone, MicroMapOfSmallImages) {
  EXPECT_EQ(MapShape("micro16", 64, 32), (std::vector<int64_t>{1, 128, 8, 4}));
  EXPECT_EQ(MapShape("micro32", 64, 32), (std::vector<int64_t>{1, 256, 8, 4}));
}

TEST(Backbone, MicroHasSixBlocks) {
  const auto built = Build("micro16");
  size_t second = 0;
  for (const auto& [name, tensor] : built->tensors.All()) second += name.ends_with(".conv2.weight");
  EXPECT_EQ(second, 6U);
}

TEST(Backbone, WidthsWithoutBuilding) {
  EXPECT_EQ(BackboneWidth("micro16"), 128);
  EXPECT_EQ(BackboneWidth("micro32"), 256);
  EXPECT_EQ(BackboneWidth("resnet18"), 512);
  EXPECT_EQ(BackboneWidth("resnet50"), 2048);
}

TEST(Backbone, UnknownNameIsAnsweredWithTheNearest) {
  EXPECT_THAT(MessageOf(ErrorCode::kConfig, [] { BackboneWidth("resnet5O"); }),
              HasSubstr("resnet50"));
}

TEST(Backbone, ConvolutionsStartByFanOut) {
  const auto built = Build("resnet18");
  const at::Tensor weight = built->tensors.All().at("layer4.1.conv1.weight");
  const double deviation = weight.detach().to(at::kDouble).std().item<double>();
  EXPECT_NEAR(deviation, std::sqrt(2.0 / (512 * 9)), 2e-5);
  EXPECT_NEAR(weight.detach().to(at::kDouble).mean().item<double>(), 0, 5e-5);
}

}  // namespace
}  // namespace bcr
