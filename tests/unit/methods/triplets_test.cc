// Triplet losses of the three kinds of mining: vectors, ties, and what is not active.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "tests/unit/methods/learner_batch.h"
#include "tests/unit/methods/pair_batch.h"

namespace bcr {
namespace {

using testing::FillFeatures;
using testing::LossOf;
using testing::Rows;
using testing::ValueAndGradient;

class Triplets : public ::testing::Test {
 protected:
  void Fill(const at::Tensor& features) {
    leaf_ = FillFeatures(features, {0, 0, 0, 1, 1, 1}, batch_);
  }
  // The second identity is moved away by 40 in either direction.
  at::Tensor FarApart() const { return features_ + Rows({0, 0, 0, 40, 40, 40}, 1); }
  const at::Tensor features_ = Rows({0, 0, 1, 0, 0, 2, 3, 0, 4, 1, 3, 3}, 2);
  Batch batch_;
  at::Tensor leaf_;
};

// Of 36 triplets four are active.
TEST_F(Triplets, AllOfThem) {
  Fill(features_);
  const auto d = [&](int64_t i, int64_t j) {
    return (features_[i] - features_[j]).norm().item<double>();
  };
  double active = 0, count = 0, soft = 0;
  for (const int64_t a : {0, 1, 2, 3, 4, 5}) {
    for (int64_t p = a / 3 * 3; p < a / 3 * 3 + 3; ++p) {
      for (int64_t n = 3 - a / 3 * 3; p != a && n < 6 - a / 3 * 3; ++n) {
        const double gap = d(a, p) - d(a, n);
        active += std::max(0.0, gap + 0.3);
        count += gap + 0.3 > 0 ? 1 : 0;
        soft += std::log1p(std::exp(gap)) / 36;
      }
    }
  }
  EXPECT_EQ(count, 4);
  EXPECT_NEAR(LossOf("triplet-all", {}, batch_), active / count, 1e-9);
  EXPECT_NEAR(LossOf("triplet-all", {{"margin", 0.0}}, batch_), soft, 1e-9);
  EXPECT_NEAR(active / count, 0.568448, 1e-6);
  EXPECT_NEAR(soft, 0.276372, 1e-6);
}

TEST_F(Triplets, Weighted) {
  Fill(features_);
  EXPECT_NEAR(LossOf("triplet-weighted", {{"weights", "fast-reid"}}, batch_), 0.347693, 5e-7);
  EXPECT_NEAR(LossOf("triplet-weighted", {}, batch_), 0.347686, 5e-7);
}

// Everybody of the other identity is further than 14: fast-reid's weights of negatives vanish, and
// with them the distance, as if there were a negative at no distance.
TEST_F(Triplets, WeightsOfFarNegatives) {
  Fill(FarApart());
  EXPECT_LT(LossOf("triplet-weighted", {}, batch_), 1e-9);
  EXPECT_GT(LossOf("triplet-weighted", {{"weights", "fast-reid"}}, batch_), 1.5);
}

TEST_F(Triplets, WhereNoneIsActiveTheLossIsZero) {
  Fill(FarApart());
  at::Tensor gradient;
  for (const char* name : {"triplet", "triplet-all"}) {
    EXPECT_EQ(ValueAndGradient(name, {}, batch_, leaf_, &gradient), 0) << name;
    EXPECT_EQ(gradient.abs().max().item<double>(), 0) << name;
  }
}

// On a line: 0, 2, 2 and 3, 3. Images 1 and 2 are equally far from image 0, as are 3 and 4; each
// takes half of what one farthest or nearest image would.
TEST(Triplet, ExactDuplicatesShareTheGradientOfATie) {
  Batch batch;
  const at::Tensor leaf = FillFeatures(Rows({0, 2, 2, 3, 3}, 1), {0, 0, 0, 1, 1}, batch);
  at::Tensor gradient;
  const double value = ValueAndGradient("triplet", {{"margin", 2.0}}, batch, leaf, &gradient);
  EXPECT_NEAR(value, (1 + 3 + 3 + 1 + 1) / 5.0, 1e-6);
  const double expected[] = {-2, 3.5, 3.5, -2.5, -2.5};
  for (int64_t i = 0; i < 5; ++i)
    EXPECT_NEAR(gradient[i][0].item<double>(), expected[i] / 5, 1e-12) << i;
}

// Two copies of each image: copies are 1e-6 apart and pull on nothing.
TEST(Triplet, OfCopiesNothingIsPulled) {
  Batch batch;
  const at::Tensor leaf = FillFeatures(Rows({0, 0, 5, 5}, 1), {0, 0, 1, 1}, batch);
  at::Tensor gradient;
  for (const char* name : {"triplet", "triplet-all", "triplet-weighted"}) {
    ValueAndGradient(name, {{"margin", 6.0}}, batch, leaf, &gradient);
    EXPECT_NEAR(gradient[0][0].item<double>(), gradient[1][0].item<double>(), 1e-12) << name;
    EXPECT_NEAR(gradient[0][0].item<double>(), 0.5, 1e-6) << name << ": away from the negatives";
  }
}

TEST(Triplet, ParametersOutOfRangeAreRefused) {
  for (const char* name : {"triplet", "triplet-all", "triplet-weighted"})
    EXPECT_THROW(testing::MakeNamed(name, {{"margin", -0.1}}), Error) << name;
  EXPECT_THROW(testing::MakeNamed("triplet-weighted", {{"weights", "hard"}}), Error);
  EXPECT_THROW(testing::MakeNamed("triplet-all", {{"side", "neck"}}), Error);
}

}  // namespace
}  // namespace bcr
