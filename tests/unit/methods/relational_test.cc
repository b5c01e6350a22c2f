// What `similarity-preserving`, `rkd-angle`, `row-kl` and `cross-relational` say by hand and of
// turned, equal and single features. Further values: objectives_golden_test.cc.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "tests/unit/methods/pair_batch.h"

namespace bcr {
namespace {

using testing::FillPairs;
using testing::GradientOf;
using testing::LossOf;
using testing::Rows;

const std::vector<std::string> kControls = {"similarity-preserving", "rkd-angle", "row-kl"};

double Loss(const std::string& name, const at::Tensor& fresh, const at::Tensor& old,
            const std::vector<int64_t>& rows = {}) {
  Batch batch;
  FillPairs(fresh, old, std::vector<int64_t>(static_cast<size_t>(fresh.size(0)), -1), batch, rows);
  return LossOf(name, Json::object(), batch);
}

TEST(SimilarityPreserving, SheetVectors) {
  const at::Tensor fresh = Rows({1, 0, 0, 1}, 2);
  EXPECT_NEAR(Loss("similarity-preserving", fresh, Rows({3, 4, .6, .8}, 2)), 1 - std::sqrt(.5),
              1e-12);
  EXPECT_NEAR(Loss("similarity-preserving", fresh, Rows({1, 0, .6, .8}, 2)), 0.14251, 5e-6);
}

// New directions at 0, 90 and 180 degrees make a triangle with angles of 45, 90 and 45 degrees, old
// ones at 0, 120 and 240 degrees one with 60 at each corner. Each angle stands in two triples.
TEST(RkdAngle, ThreeDirectionsByHand) {
  const double h = std::sqrt(.75), side = std::sqrt(.5) - .5;
  const double loss =
      Loss("rkd-angle", Rows({2, 0, 0, 1, -3, 0}, 2), Rows({1, 0, -.5, h, -.5, -h}, 2));
  EXPECT_NEAR(loss, (2 * side * side + .25) / 2 / 3, 1e-12);
}

// Old similarities to the two others are 0.6 and 0, new ones equal: KL by hand at T = 0.1.
TEST(RowKl, ThreeDirectionsByHand) {
  const at::Tensor old = Rows({1, 0, 0, .6, .8, 0, 0, 0, 1}, 3);
  const double p = 1 / (1 + std::exp(-6.0));
  const double uneven = p * std::log(2 * p) + (1 - p) * std::log(2 * (1 - p));
  EXPECT_NEAR(Loss("row-kl", at::eye(3, at::kDouble), old), 2 * uneven / 3, 1e-12);
  EXPECT_NEAR(Loss("row-kl", old, old), 0, 1e-15);
}

// What makes them controls, and cross-relational none.
TEST(Relational, ARotationChangesNothingForControlsAlone) {
  const at::Tensor old = Rows({1, 0, .3, 1, -1, .2, .5, -.5}, 2);
  const at::Tensor turned = at::matmul(old, Rows({.6, .8, -.8, .6}, 2));
  for (const std::string& name : kControls) EXPECT_NEAR(Loss(name, turned, old), 0, 1e-14) << name;
  EXPECT_GT(Loss("cross-relational", turned, old), 0.1);
  EXPECT_NEAR(Loss("cross-relational", old, old), 0, 1e-14);
}

// Copies of one image are not each other's neighbours: nothing is left to compare with.
TEST(Relational, EqualRowsAndASingleImageGiveZeroAndFiniteGradients) {
  for (const std::string name :
       {"similarity-preserving", "rkd-angle", "row-kl", "cross-relational"}) {
    for (const int64_t count : {1, 3}) {
      const auto size = static_cast<size_t>(count);
      Batch batch;
      FillPairs(at::ones({count, 2}, at::kDouble), at::ones({count, 2}, at::kDouble),
                std::vector<int64_t>(size, 0), batch, std::vector<int64_t>(size, 7));
      EXPECT_NEAR(LossOf(name, Json::object(), batch), 0, 1e-15) << name;
      EXPECT_NEAR(GradientOf(name, Json::object(), batch).abs().max().item<double>(), 0, 1e-15)
          << name;
    }
  }
}

// Two new features fall together while their old ones are apart: that pair has no angle.
TEST(RkdAngle, APairOfEqualNewFeaturesIsLeftOut) {
  Batch batch;
  FillPairs(Rows({1, 0, 1, 0, 0, 1, -1, 1}, 2), Rows({1, 0, .5, 1, 0, 1, -1, .2}, 2), {0, 0, 1, 1},
            batch);
  EXPECT_GT(LossOf("rkd-angle", Json::object(), batch), 0);
  EXPECT_LT(GradientOf("rkd-angle", Json::object(), batch).abs().max().item<double>(), 10);
}

}  // namespace
}  // namespace bcr
