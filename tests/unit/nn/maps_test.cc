// The maps that backbones show beside their feature.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "harness/nn/model.h"
#include "tests/unit/nn/tensors.h"

namespace bcr {
namespace {

using testing::Images;

ModelSpec Spec(const std::string& backbone, const std::string& pooling = "avg") {
  ModelSpec spec;
  spec.backbone = backbone;
  spec.pooling = pooling;
  return spec;
}

TEST(Maps, HaveTheChannelsThatTheBackboneSays) {
  for (const std::string& name : BackboneNames()) {
    const std::vector<int>& widths = ChooseBackbone(name).info->map_widths;
    if (widths.empty() || BackboneWidth(name) > 512) continue;  // large ones are built alike
    SCOPED_TRACE(name);
    const auto model = Model::Make(Spec(name), 1);
    std::vector<at::Tensor> maps;
    at::Tensor before;
    model->Forward(Images(2, 64, 32), &before, nullptr, nullptr, {}, &maps);
    ASSERT_EQ(maps.size(), 2U);
    ASSERT_EQ(widths.size(), 2U);
    for (size_t i = 0; i < 2; ++i) {
      EXPECT_EQ(maps[i].dim(), 4);
      EXPECT_EQ(maps[i].size(1), widths[i]);
    }
    EXPECT_GE(maps[0].size(2), maps[1].size(2));
    at::Tensor alone;
    model->Forward(Images(2, 64, 32), &alone, nullptr, nullptr);
    EXPECT_TRUE(at::equal(alone, before)) << "looking at maps changes the feature";
  }
}

TEST(Maps, TheLastOneIsWhatIsPooled) {
  const auto model = Model::Make(Spec("micro16"), 1);
  std::vector<at::Tensor> maps;
  at::Tensor before;
  model->Forward(Images(2, 64, 32), &before, nullptr, nullptr, {}, &maps);
  EXPECT_TRUE(at::allclose(maps[1].mean({2, 3}), before, 1e-5, 1e-6));
  EXPECT_EQ(maps[0].sizes(), (std::vector<int64_t>{2, 32, 16, 8}));
  EXPECT_EQ(maps[1].sizes(), (std::vector<int64_t>{2, 128, 8, 4}));
}

TEST(Maps, HaveGradients) {
  const auto model = Model::Make(Spec("micro16"), 1);
  model->SetTraining(true);
  std::vector<at::Tensor> maps;
  model->Forward(Images(4, 64, 32), nullptr, nullptr, nullptr, {}, &maps);
  maps[0].sum().backward();
  const auto state = model->State();
  EXPECT_TRUE(state.at("backbone.layer2.0.conv1.weight").grad().defined());
  EXPECT_FALSE(state.at("backbone.layer3.0.conv1.weight").grad().defined())
      << "behind the inner map";
}

TEST(Maps, WhoShowsNoneSaysSo) {
  for (const char* name : {"vit_micro", "mgn_micro16", "mobilenet_v2"})
    EXPECT_TRUE(ChooseBackbone(name).info->map_widths.empty()) << name;
}

}  // namespace
}  // namespace bcr
