#include <ATen/Parallel.h>
#include <gmock/gmock.h>

#include <cmath>

#include "harness/nn/model.h"
#include "tests/unit/nn/built_backbone.h"

namespace bcr {
namespace {

using testing::BuiltBackbone;
using testing::Images;
using testing::ParameterCount;
using Shape = std::vector<int64_t>;

// Torchvision's 3,504,872, less those of the classifier (1000 x 1280 weights and 1000 biases).
TEST(MobilenetV2, PublishedParameterCount) {
  EXPECT_EQ(ParameterCount("mobilenet_v2"), 3'504'872 - 1'281'000);
  EXPECT_EQ(ParameterCount("mobilenet_v2,last_stride=1"), 2'223'872);
}

TEST(MobilenetV2, TorchvisionsTensors) {
  const BuiltBackbone built("mobilenet_v2", Initialiser::Shapes());
  const auto all = built.tensors.All();
  // 314 entries of torchvision's state dict, less classifier.1.weight and classifier.1.bias.
  EXPECT_EQ(all.size(), 312U);
  const auto shape = [&](const std::string& name) {
    return all.contains(name) ? all.at(name).sizes().vec() : Shape{-1};
  };
  EXPECT_EQ(shape("features.0.0.weight"), (Shape{32, 3, 3, 3}));
  EXPECT_EQ(shape("features.0.1.running_mean"), (Shape{32}));
  EXPECT_EQ(shape("features.1.conv.0.0.weight"), (Shape{32, 1, 3, 3}));
  EXPECT_EQ(shape("features.1.conv.1.weight"), (Shape{16, 32, 1, 1}));
  EXPECT_EQ(shape("features.1.conv.2.bias"), (Shape{16}));
  EXPECT_EQ(shape("features.2.conv.0.0.weight"), (Shape{96, 16, 1, 1}));
  EXPECT_EQ(shape("features.14.conv.1.0.weight"), (Shape{576, 1, 3, 3}));
  EXPECT_EQ(shape("features.17.conv.2.weight"), (Shape{320, 960, 1, 1}));
  EXPECT_EQ(shape("features.17.conv.3.running_var"), (Shape{320}));
  EXPECT_EQ(shape("features.18.0.weight"), (Shape{1280, 320, 1, 1}));
}

TEST(MobilenetV2, MapIsAThirtySecondOfTheImageOrASixteenth) {
  EXPECT_EQ(BackboneWidth("mobilenet_v2"), 1280);
  EXPECT_EQ(BuiltBackbone("mobilenet_v2").Map(Images(1, 256, 128)).sizes().vec(),
            (Shape{1, 1280, 8, 4}));
  EXPECT_EQ(BuiltBackbone("mobilenet_v2,last_stride=1").Map(Images(1, 256, 128)).sizes().vec(),
            (Shape{1, 1280, 16, 8}));
}

// Values by formula, so that NumPy is given the same.
at::Tensor Waves(const Shape& shape, double step, double start, double scale) {
  at::Tensor out = at::empty(shape, at::kDouble);
  double* const values = out.mutable_data_ptr<double>();
  for (int64_t i = 0; i < out.numel(); ++i)
    values[i] = std::cos(step * static_cast<double>(i) + start) * scale;
  return out;
}

// On one thread, as GradientError does: depthwise convolutions in float64 run channel by channel.
at::Tensor FeaturesOfWaves(const std::string& reference) {
  const int threads = at::get_num_threads();
  at::set_num_threads(1);
  const BuiltBackbone built(reference, Initialiser::Zeros());
  for (const auto& [name, tensor] : built.tensors.All()) {
    if (!tensor.is_floating_point()) continue;
    const double scale = std::sqrt(2.0 / static_cast<double>(tensor.numel() / tensor.size(0)));
    at::Tensor(tensor).set_data(tensor.dim() == 4 ? Waves(tensor.sizes().vec(), .37, 1, scale)
                                                  : tensor.detach().to(at::kDouble));
  }
  const at::Tensor map = built.Map(Waves({2, 3, 64, 32}, .11, 0, 1), /*training=*/true);
  at::set_num_threads(threads);
  return map.mean({2, 3}).detach();
}

// By a NumPy float64 forward pass written from table 2 of the paper, with the batch's statistics.
TEST(MobilenetV2, FeaturesAgreeWithTheReference) {
  const at::Tensor published = FeaturesOfWaves("mobilenet_v2");
  EXPECT_NEAR(published[0][0].item<double>(), 0.3660171265189909, 1e-9);
  EXPECT_NEAR(published[1][1279].item<double>(), 0.358567159565905, 1e-9);
  EXPECT_NEAR(published.norm().item<double>(), 28.679923591428665, 1e-7);
  const at::Tensor larger = FeaturesOfWaves("mobilenet_v2,last_stride=1");
  EXPECT_NEAR(larger[0][0].item<double>(), 0.020228842349973988, 1e-9);
  EXPECT_NEAR(larger[1][1279].item<double>(), 0.2951140186589947, 1e-9);
  EXPECT_NEAR(larger.norm().item<double>(), 26.49094169080529, 1e-7);
}

TEST(MobilenetV2, GradientsAgreeWithDifferences) {
  EXPECT_LT(testing::GradientError("mobilenet_v2", 64, 64), 1e-5);
  EXPECT_LT(testing::GradientError("mobilenet_v2,last_stride=1", 48, 48), 1e-5);
}

}  // namespace
}  // namespace bcr
