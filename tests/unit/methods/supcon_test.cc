// Supervised contrast on the sheets' fan: both means, both scalings.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "tests/unit/methods/learner_batch.h"
#include "tests/unit/methods/pair_batch.h"

namespace bcr {
namespace {

using testing::AtDegrees;
using testing::FillFan;
using testing::FillFeatures;
using testing::LossOf;
using testing::ThroughCosines;
using testing::ValueAndGradient;

Json At(double temperature, double base = 0) {
  return {{"temperature", temperature}, {"base_temperature", base}};
}

TEST(SupCon, TheFan) {
  Batch batch;
  FillFan(batch);
  EXPECT_NEAR(LossOf("supcon", At(0.1), batch), 2.27035374, 1e-8);
  EXPECT_NEAR(LossOf("supcon", At(0.1, 0.07), batch), 3.24336249, 1e-8);
  EXPECT_NEAR(LossOf("supcon", {}, batch), 3.20385004, 1e-8);
  EXPECT_NEAR(LossOf("supcon", At(0.5), batch), 0.93729894, 1e-8);
  EXPECT_NEAR(LossOf("supcon", At(0.5, 0.07), batch), 6.69499240, 1e-8);
}

TEST(SupCon, GradientOfTheFan) {
  Batch batch;
  const at::Tensor leaf = FillFan(batch);
  const at::Tensor x = leaf.detach();
  at::Tensor slopes = (x.matmul(x.t()) / 0.5).fill_diagonal_(-INFINITY).softmax(1);
  for (int64_t i = 0; i < 4; ++i) slopes[i][i ^ 1] -= 1;
  slopes = slopes / 0.5;
  EXPECT_NEAR(slopes[0][1].item<double>(), -0.75599860, 1e-8);
  EXPECT_NEAR(slopes[0][2].item<double>(), 0.68167531, 1e-8);
  EXPECT_NEAR(slopes[0][3].item<double>(), 0.07432329, 1e-8);
  at::Tensor gradient;
  ValueAndGradient("supcon", At(0.5), batch, leaf, &gradient);
  EXPECT_LT((gradient - ThroughCosines(slopes / 4, x)).abs().max().item<double>(), 1e-9);
}

// Image 3 alone shows identity 1: over all four anchors, or over the three that have a positive.
TEST(SupCon, BothMeans) {
  Batch batch;
  FillFan(batch, {0, 0, 0, 1});
  Json parameters = At(0.5);
  EXPECT_NEAR(LossOf("supcon", parameters, batch), 0.66922879, 1e-8);
  parameters["mean"] = "with-positive";
  EXPECT_NEAR(LossOf("supcon", parameters, batch), 0.89230506, 1e-8);
}

TEST(SupCon, ImagesWithoutALabelTakeNoPart) {
  Batch with, without;
  const at::Tensor leaf = FillFeatures(AtDegrees({0, 50, 60, 70, 140}), {0, 0, -1, 1, 1}, with);
  FillFan(without);
  at::Tensor gradient;
  EXPECT_NEAR(ValueAndGradient("supcon", {}, with, leaf, &gradient), LossOf("supcon", {}, without),
              1e-9);
  EXPECT_EQ(gradient[2].abs().max().item<double>(), 0);
}

// Three images of one identity and no other: they are told apart, as in the authors' code.
TEST(SupCon, ABatchOfOneIdentity) {
  Batch batch;
  FillFeatures(AtDegrees({0, 60, 120}), {0, 0, 0}, batch);
  const auto of = [](double near, double far) {  // cosines to the two others
    return std::log(std::exp(near / 0.5) + std::exp(far / 0.5)) - (near + far) / 2 / 0.5;
  };
  EXPECT_NEAR(LossOf("supcon", At(0.5), batch), (2 * of(0.5, -0.5) + of(0.5, 0.5)) / 3, 1e-9);
}

TEST(SupCon, ParametersOutOfRangeAreRefused) {
  EXPECT_THROW(testing::MakeNamed("supcon", {{"temperature", 0.0}}), Error);
  EXPECT_THROW(testing::MakeNamed("supcon", {{"base_temperature", -1.0}}), Error);
  EXPECT_THROW(testing::MakeNamed("supcon", {{"mean", "none"}}), Error);
}

}  // namespace
}  // namespace bcr
