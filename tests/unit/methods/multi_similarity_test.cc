// Multi-similarity loss on the sheets' fan, with and without mining.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "tests/unit/methods/learner_batch.h"
#include "tests/unit/methods/pair_batch.h"

namespace bcr {
namespace {

using testing::FillFan;
using testing::FillFeatures;
using testing::LossOf;
using testing::Rows;
using testing::ThroughCosines;
using testing::ValueAndGradient;

const Json kUnmined = {{"mining", false}};

// dL_i/dS_ij of the fan's anchors, without mining: alpha 2, beta 50, base 0.5.
at::Tensor Slopes(const at::Tensor& x) {
  const at::Tensor s = x.matmul(x.t());
  at::Tensor slopes = at::zeros({4, 4}, at::kDouble);
  for (int64_t i = 0; i < 4; ++i) {
    const auto e = [&](int64_t j) {
      const double sij = s[i][j].item<double>();
      return std::exp(i / 2 == j / 2 ? -2 * (sij - 0.5) : 50 * (sij - 0.5));
    };
    const int64_t pair = i ^ 1, first = 2 - i / 2 * 2;
    slopes[i][pair] = -e(pair) / (1 + e(pair));
    for (const int64_t j : {first, first + 1}) slopes[i][j] = e(j) / (1 + e(first) + e(first + 1));
  }
  return slopes;
}

TEST(MultiSimilarity, TheFanWithoutMining) {
  Batch batch;
  const at::Tensor leaf = FillFan(batch);
  const at::Tensor slopes = Slopes(leaf.detach());
  EXPECT_NEAR(slopes[0][1].item<double>(), -0.42908747, 1e-8);
  EXPECT_NEAR(slopes[0][2].item<double>(), 0.00037098, 1e-8);
  EXPECT_NEAR(slopes[2][3].item<double>(), -0.57833929, 1e-8);
  EXPECT_NEAR(slopes[2][1].item<double>(), 1.0, 1e-8);
  at::Tensor gradient;
  EXPECT_NEAR(ValueAndGradient("multi-similarity", kUnmined, batch, leaf, &gradient),
              (0.28026706 + 0.71995226 + 0.87146977 + 0.43177715) / 4, 1e-8);
  const at::Tensor expected = ThroughCosines(slopes / 4, leaf.detach());
  EXPECT_LT((gradient - expected).abs().max().item<double>(), 1e-8);
}

// Anchors 0 and 3 have no negative near their positive. That of anchor 1 which goes weighed nothing.
TEST(MultiSimilarity, TheFanMined) {
  Batch batch;
  const at::Tensor leaf = FillFan(batch);
  at::Tensor slopes = Slopes(leaf.detach());
  slopes[0].zero_();
  slopes[3].zero_();
  slopes[1][3] = 0;
  at::Tensor gradient;
  EXPECT_NEAR(ValueAndGradient("multi-similarity", {}, batch, leaf, &gradient), 0.39785551, 1e-8);
  const at::Tensor expected = ThroughCosines(slopes / 4, leaf.detach());
  EXPECT_LT((gradient - expected).abs().max().item<double>(), 1e-8);
}

// A large epsilon keeps every pair.
TEST(MultiSimilarity, MiningWithinTheWholeRangeIsNone) {
  Batch batch;
  FillFan(batch);
  EXPECT_NEAR(LossOf("multi-similarity", {{"epsilon", 2.0}}, batch),
              LossOf("multi-similarity", kUnmined, batch), 1e-12);
}

// Image 3 alone shows identity 1. Mined it counts as 0; unmined it is still pushed away.
TEST(MultiSimilarity, AnAnchorWithoutAPositive) {
  Batch batch;
  const at::Tensor leaf = FillFan(batch, {0, 0, 0, 1});
  const at::Tensor s = leaf.matmul(leaf.t()).detach();
  double pushed[4] = {}, pulled[4] = {};
  for (int64_t i = 0; i < 4; ++i) {
    double positive = 0, negative = 0;
    for (int64_t j = 0; j < 4; ++j) {
      const double sij = s[i][j].item<double>();
      if (i == j) continue;
      if (i < 3 && j < 3) positive += std::exp(-2 * (sij - 0.5));
      if ((i == 3) != (j == 3)) negative += std::exp(50 * (sij - 0.5));
    }
    pulled[i] = std::log1p(positive) / 2;
    pushed[i] = std::log1p(negative) / 50;
  }
  double whole = 0;
  for (int64_t i = 0; i < 4; ++i) whole += (pulled[i] + pushed[i]) / 4;
  EXPECT_NEAR(LossOf("multi-similarity", kUnmined, batch), whole, 1e-9);
  EXPECT_NEAR(LossOf("multi-similarity", {{"epsilon", 2.0}}, batch), whole - pushed[3] / 4, 1e-9);
}

// The copy of an image is its positive, at cosine 1, and nothing pulls on it.
TEST(MultiSimilarity, CopiesStayPositives) {
  Batch batch;
  const at::Tensor leaf = FillFeatures(Rows({1, 0, 1, 0, 0, 1, 0, 1}, 2), {0, 0, 1, 1}, batch);
  at::Tensor gradient;
  EXPECT_NEAR(ValueAndGradient("multi-similarity", kUnmined, batch, leaf, &gradient),
              std::log1p(std::exp(-1.0)) / 2 + std::log1p(2 * std::exp(-25.0)) / 50, 1e-9);
  EXPECT_TRUE(at::isfinite(gradient).all().item<bool>());
  EXPECT_EQ(LossOf("multi-similarity", {}, batch), 0) << "no negative is near a positive";
}

TEST(MultiSimilarity, ParametersOutOfRangeAreRefused) {
  EXPECT_THROW(testing::MakeNamed("multi-similarity", {{"alpha", 0.0}}), Error);
  EXPECT_THROW(testing::MakeNamed("multi-similarity", {{"epsilon", -0.1}}), Error);
  EXPECT_THROW(testing::MakeNamed("multi-similarity", {{"mining", "yes"}}), Error);
}

}  // namespace
}  // namespace bcr
