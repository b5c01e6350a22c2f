// Backbones against tests/golden/backbones.json, which scripts/reference/backbones.py computes with
// the code that published them (torchvision, torchreid, timm), in float64: features to 1e-5 of the
// largest value, parameters, and entries of the state dict.
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "harness/core/json.h"
#include "harness/nn/model.h"
#include "tests/unit/nn/built_backbone.h"
#include "tests/unit/nn/formula_weights.h"

namespace bcr {
namespace {

const std::string kFile = std::string(BCR_TEST_SOURCE_DIR) + "/golden/backbones.json";

Json Cases() { return ReadJsonFile(kFile); }

class BackbonesGolden : public ::testing::TestWithParam<Json> {};

TEST_P(BackbonesGolden, FeaturesAgreeWithThePublishedCode) {
  const Json& expected = GetParam();
  ModelSpec spec;
  spec.backbone = expected.at("backbone");
  spec.pooling = "avg";
  spec.height = expected.at("height");
  spec.width = expected.at("width");
  const auto model = Model::MakeBlank(spec);
  const at::Tensor images = testing::FillByFormula(*model, 2);
  at::Tensor features;
  model->Forward(images, &features, nullptr, nullptr);
  features = features.detach().to(at::kDouble);
  const double allowed = 1e-5 * expected.at("largest").get<double>();
  const int64_t d = features.size(1);
  const Json& values = expected.at("values");
  for (int64_t row = 0; row < 2; ++row) {
    const Json& samples = values.at(static_cast<size_t>(row));
    const int64_t step = d / static_cast<int64_t>(samples.size());
    for (size_t i = 0; i < samples.size(); ++i)
      EXPECT_NEAR(features[row][static_cast<int64_t>(i) * step].item<double>(),
                  samples[i].get<double>(), allowed)
          << "image " << row << ", sample " << i;
  }
  // All values at once: each is in a sum with a weight of its own, so errors may add up to the root
  // of their number.
  const at::Tensor sums = features.matmul(at::arange(d, at::kDouble).cos());
  for (int64_t row = 0; row < 2; ++row)
    EXPECT_NEAR(sums[row].item<double>(),
                expected.at("sums_of_waves").at(static_cast<size_t>(row)).get<double>(),
                allowed * std::sqrt(static_cast<double>(d)));
}

TEST_P(BackbonesGolden, ParametersAndEntriesAreThePublishedOnes) {
  const Json& expected = GetParam();
  const testing::BuiltBackbone built(expected.at("backbone").get<std::string>(),
                                     Initialiser::Shapes());
  EXPECT_EQ(built.ParameterCount(), expected.at("parameters").get<int64_t>());
  const size_t classifier = expected.at("classifier") == 0 ? 0 : 2;  // weight and bias
  EXPECT_EQ(built.tensors.All().size() + classifier, expected.at("entries").get<size_t>());
}

std::string TestName(const ::testing::TestParamInfo<Json>& parameter) {
  std::string name = parameter.param.at("backbone");
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  return name;
}

INSTANTIATE_TEST_SUITE_P(Published, BackbonesGolden, ::testing::ValuesIn(Cases()), TestName);

TEST(BackbonesFile, HoldsThePublishedCountsOfResnet50) {
  const Json cases = Cases();
  const auto resnet50 = std::find_if(
      cases.begin(), cases.end(), [](const Json& one) { return one.at("backbone") == "resnet50"; });
  ASSERT_NE(resnet50, cases.end());
  EXPECT_EQ(resnet50->at("entries"), 320);
  EXPECT_EQ(resnet50->at("parameters").get<int64_t>() + resnet50->at("classifier").get<int64_t>(),
            25'557'032);
}

}  // namespace
}  // namespace bcr
