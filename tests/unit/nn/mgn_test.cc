#include <gmock/gmock.h>

#include "harness/nn/model.h"
#include "tests/unit/nn/built_backbone.h"

namespace bcr {
namespace {

using testing::BuiltBackbone;
using testing::Images;
using testing::ParameterCount;
using Shape = std::vector<int64_t>;

at::Tensor Mean(const at::Tensor& region) { return region.mean({2, 3}); }

at::Tensor PooledOf(const BuiltBackbone& built, const at::Tensor& map) {
  at::Tensor pooled;
  built.backbone->Pool(map, Mean, &pooled);
  return pooled;
}

TEST(Mgn, BranchesRepeatTheEndOfResnet50) {
  const BuiltBackbone built("mgn_resnet50", Initialiser::Shapes()),
      trunk("resnet50", Initialiser::Shapes());
  int64_t branch = 0;
  for (const auto& [name, tensor] : trunk.tensors.All()) {
    const bool shared = !name.starts_with("layer4.") &&
                        (!name.starts_with("layer3.") || name.starts_with("layer3.0."));
    EXPECT_EQ(built.tensors.Has(name), shared) << name;
    for (const char* prefix : {"b1.", "b2.", "b3."})
      EXPECT_EQ(built.tensors.Has(prefix + name), !shared) << name;
    if (!shared && tensor.requires_grad()) branch += tensor.numel();
  }
  EXPECT_EQ(built.ParameterCount(), trunk.ParameterCount() + 2 * branch + 8 * 256 * 2048);
  EXPECT_EQ(built.tensors.All().at("b33_embedding.weight").sizes().vec(), (Shape{256, 2048}));
  EXPECT_EQ(ParameterCount("mgn_resnet50,ibn=a"), ParameterCount("mgn_resnet50"));
}

TEST(Mgn, ColumnsCoverTheFeature) {
  for (const char* name : {"mgn_resnet50", "mgn_micro16"}) {
    const BackboneInfo& info = *ChooseBackbone(name).info;
    EXPECT_EQ(info.parts.size(), 8U);
    EXPECT_EQ(info.branches.size(), 5U);
    for (const auto* groups : {&info.parts, &info.branches}) {
      int next = 0;
      for (const FeatureColumns& columns : *groups) {
        EXPECT_EQ(columns.begin, next);
        next += columns.width;
      }
      EXPECT_EQ(next, info.feature_width);
    }
  }
  EXPECT_EQ(BackboneWidth("mgn_resnet50"), 2048);
  EXPECT_EQ(BackboneWidth("mgn_micro16"), 128);
}

// Every place of a map holds its row's number, so that a mean tells the rows of a stripe.
std::vector<double> MeansOfRows(int64_t height) {
  const BuiltBackbone built("mgn_micro16");
  const at::Tensor map =
      at::arange(height, at::kFloat).view({1, 1, height, 1}).expand({1, 3 * 128, height, 4});
  const at::Tensor pooled = PooledOf(built, map.contiguous());
  std::vector<double> means;
  for (int64_t i = 0; i < 8; ++i) means.push_back(pooled[0][i * 128].item<double>());
  return means;
}

TEST(Mgn, StripesAreThoseOfChunk) {
  using ::testing::ElementsAre;
  EXPECT_THAT(MeansOfRows(24), ElementsAre(11.5, 11.5, 11.5, 5.5, 17.5, 3.5, 11.5, 19.5));
  // 6, 6 and 4 rows of 16.
  EXPECT_THAT(MeansOfRows(16), ElementsAre(7.5, 7.5, 7.5, 3.5, 11.5, 2.5, 8.5, 13.5));
  // 3, 3 and 2 rows of 8.
  EXPECT_THAT(MeansOfRows(8), ElementsAre(3.5, 3.5, 3.5, 1.5, 5.5, 1, 4, 6.5));
}

// Chunks of two would leave nothing for the third stripe: rows 0-1, 1-2 and 2-3 of four.
TEST(Mgn, StripesOverlapWhereRowsAreFew) {
  using ::testing::ElementsAre;
  EXPECT_THAT(MeansOfRows(4), ElementsAre(1.5, 1.5, 1.5, 0.5, 2.5, 0.5, 1.5, 2.5));
  EXPECT_THAT(MeansOfRows(2), ElementsAre(0.5, 0.5, 0.5, 0, 1, 0, 0.5, 1));
  EXPECT_THAT(MeansOfRows(1), ElementsAre(0, 0, 0, 0, 0, 0, 0, 0));
}

TEST(Mgn, PartsComeFromTheirBranches) {
  const BuiltBackbone built("mgn_micro16");
  const at::Tensor map = built.Map(Images(2, 64, 32));
  ASSERT_EQ(map.sizes().vec(), (Shape{2, 3 * 128, 8, 4}));
  const at::Tensor pooled = PooledOf(built, map);
  ASSERT_EQ(pooled.sizes().vec(), (Shape{2, 8 * 128}));
  const auto part = [&](int64_t i) { return pooled.narrow(1, i * 128, 128); };
  EXPECT_TRUE(at::allclose(part(0), Mean(map.narrow(1, 0, 128))));
  EXPECT_TRUE(at::allclose(part(4), Mean(map.narrow(1, 128, 128).slice(2, 4, 8))));
  EXPECT_TRUE(at::allclose(part(7), Mean(map.narrow(1, 256, 128).slice(2, 6, 8))));
  at::Tensor feature = pooled;
  built.backbone->AfterPooling({}, &feature);
  ASSERT_EQ(feature.sizes().vec(), (Shape{2, 128}));
  EXPECT_TRUE(at::allclose(feature.narrow(1, 7 * 16, 16),
                           part(7).matmul(built.tensors.All().at("b33_embedding.weight").t()), 1e-5,
                           1e-6));
}

// One batch norm over all channels is one for each part: what stands beside a part has no say.
TEST(Mgn, NeckNormalisesEachPart) {
  ModelSpec spec;
  spec.backbone = "mgn_micro16";
  const auto model = Model::Make(spec, 1);
  EXPECT_TRUE(model->State().contains("pool.p"));
  model->SetTraining(true);
  at::Tensor before, after;
  model->Forward(Images(6, 64, 32), &before, &after, nullptr);
  const at::Tensor part = before.narrow(1, 48, 16);
  const at::Tensor expected = (part - part.mean(0)) / (part.var(0, false) + 1e-5).sqrt();
  EXPECT_TRUE(at::allclose(after.narrow(1, 48, 16), expected, 1e-4, 1e-4));
}

TEST(Mgn, GradientsAgreeWithDifferences) {
  EXPECT_LT(testing::GradientError("mgn_micro16", 64, 32), 1e-5);
}

}  // namespace
}  // namespace bcr
