#include <gmock/gmock.h>

#include "harness/nn/model.h"
#include "tests/unit/nn/built_backbone.h"

namespace bcr {
namespace {

using testing::BuiltBackbone;
using testing::Images;
using testing::ParameterCount;

// Of the gates, each of which serves four streams.
int64_t GateCount(const std::string& name) {
  int64_t count = 0;
  const BuiltBackbone built(name, Initialiser::Shapes());
  for (const auto& [tensor_name, tensor] : built.tensors.All())
    if (tensor_name.find(".gate.") != std::string::npos) count += tensor.numel();
  return count;
}

// torchreid's model zoo gives 0.2, 0.6, 1.3 and 2.2 million without the classifier.
TEST(Osnet, PublishedParameterCounts) {
  EXPECT_EQ(ParameterCount("osnet_x0_25"), 201'864);
  EXPECT_EQ(ParameterCount("osnet_x0_5"), 630'034);
  EXPECT_EQ(ParameterCount("osnet_x0_75"), 1'285'754);
  EXPECT_EQ(ParameterCount("osnet_x1_0"), 2'169'508);
}

// torchreid's complexity counter prints these figures; it adds a gate each of the four times that
// it is applied.
TEST(Osnet, CountsOfTorchreidsCounter) {
  EXPECT_EQ(ParameterCount("osnet_x0_25") + 3 * GateCount("osnet_x0_25"), 203'568);
  EXPECT_EQ(ParameterCount("osnet_x1_0") + 3 * GateCount("osnet_x1_0"), 2'193'616);
}

TEST(Osnet, TorchreidsTensors) {
  const BuiltBackbone built("osnet_x1_0", Initialiser::Shapes());
  const auto all = built.tensors.All();
  const auto shape = [&](const std::string& name) {
    return all.contains(name) ? all.at(name).sizes().vec() : std::vector<int64_t>{-1};
  };
  using Shape = std::vector<int64_t>;
  EXPECT_EQ(shape("conv1.conv.weight"), (Shape{64, 3, 7, 7}));
  EXPECT_EQ(shape("conv1.bn.running_mean"), (Shape{64}));
  EXPECT_EQ(shape("conv2.0.conv1.conv.weight"), (Shape{64, 64, 1, 1}));
  EXPECT_EQ(shape("conv2.0.conv2a.conv1.weight"), (Shape{64, 64, 1, 1}));
  EXPECT_EQ(shape("conv2.0.conv2a.conv2.weight"), (Shape{64, 1, 3, 3}));
  EXPECT_EQ(shape("conv2.0.conv2a.bn.bias"), (Shape{64}));
  EXPECT_EQ(shape("conv3.1.conv2d.3.conv2.weight"), (Shape{96, 1, 3, 3}));
  EXPECT_EQ(shape("conv3.0.gate.fc1.weight"), (Shape{6, 96, 1, 1}));
  EXPECT_EQ(shape("conv3.0.gate.fc2.bias"), (Shape{96}));
  EXPECT_EQ(shape("conv3.0.downsample.conv.weight"), (Shape{384, 256, 1, 1}));
  EXPECT_EQ(shape("conv3.2.0.conv.weight"), (Shape{384, 384, 1, 1}));
  EXPECT_EQ(shape("conv4.1.conv3.bn.weight"), (Shape{512}));
  EXPECT_EQ(shape("conv5.conv.weight"), (Shape{512, 512, 1, 1}));
  EXPECT_EQ(shape("fc.0.weight"), (Shape{512, 512}));
  EXPECT_EQ(shape("fc.0.bias"), (Shape{512}));
  EXPECT_EQ(shape("fc.1.running_var"), (Shape{512}));
  for (const char* name : {"conv4.2.0.conv.weight", "conv3.1.downsample.conv.weight",
                           "conv3.0.conv2d.4.conv1.weight", "conv5.conv.bias"})
    EXPECT_FALSE(all.contains(name)) << name;
}

TEST(Osnet, MapIsASixteenthOfTheImage) {
  EXPECT_EQ(BuiltBackbone("osnet_x1_0").Map(Images(1, 256, 128)).sizes().vec(),
            (std::vector<int64_t>{1, 512, 16, 8}));
  EXPECT_EQ(BuiltBackbone("osnet_x0_25").Map(Images(1, 16, 16)).sizes().vec(),
            (std::vector<int64_t>{1, 128, 1, 1}));
}

TEST(Osnet, FeatureIs512WideAtEveryWidth) {
  for (const char* name : {"osnet_x0_25", "osnet_x0_5", "osnet_x0_75", "osnet_x1_0"}) {
    const BuiltBackbone built(name);
    at::Tensor pooled = built.Map(Images(2, 32, 16)).mean({2, 3});
    built.backbone->AfterPooling({}, &pooled);
    EXPECT_EQ(pooled.sizes().vec(), (std::vector<int64_t>{2, 512})) << name;
    EXPECT_GE(pooled.min().item<float>(), 0) << name;
    EXPECT_EQ(BackboneWidth(name), 512);
  }
}

// Features after one training batch set the statistics. The figures are those of a NumPy float64
// forward pass over the same weights, written from torchreid's definition (largest difference over
// all 1,024 values: 2e-8).
TEST(Osnet, FeaturesAgreeWithTheReference) {
  ModelSpec spec;
  spec.backbone = "osnet_x0_25";
  spec.classes = 4;
  const auto model = Model::Make(spec, 5);
  const at::Tensor images = Images(2, 64, 32);
  at::Tensor before;
  model->SetTraining(true);
  model->Forward(images, nullptr, &before, nullptr);
  model->SetTraining(false);
  model->Forward(images, &before, nullptr, nullptr);
  EXPECT_NEAR(before[0][0].item<double>(), 0.008128150, 1e-6);
  EXPECT_NEAR(before[0][1].item<double>(), 0.003311014, 1e-6);
  EXPECT_EQ(before[1][2].item<double>(), 0);  // behind the last ReLU
  EXPECT_NEAR(before[1].norm().item<double>(), 0.2465943, 1e-5);
}

TEST(Osnet, GradientsAgreeWithDifferences) {
  EXPECT_LT(testing::GradientError("osnet_x0_25", 32, 32), 1e-5);
}

}  // namespace
}  // namespace bcr
