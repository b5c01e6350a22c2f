#include "harness/nn/feature_clouds.h"

#include <gtest/gtest.h>

#include <initializer_list>

namespace bcr {
namespace {

FloatMatrix Rows(size_t cols, std::initializer_list<float> values) {
  FloatMatrix rows(values.size() / cols, cols);
  std::copy(values.begin(), values.end(), rows.data());
  return rows;
}

// Means 0 and (3, 0), covariances 2/3 and 8/3 of the unit matrix.
TEST(FrechetDistance, OfTwoRoundClouds) {
  const FloatMatrix one = Rows(2, {1, 0, -1, 0, 0, 1, 0, -1});
  const FloatMatrix other = Rows(2, {5, 0, 1, 0, 3, 2, 3, -2});
  EXPECT_NEAR(FrechetDistance(one, other), 9 + 4 / 3.0, 1e-9);
  EXPECT_NEAR(FrechetDistance(one, one), 0, 1e-9);
}

// NumPy, by the eigenvalues of the product itself.
TEST(FrechetDistance, OfCovariancesThatDoNotCommute) {
  const FloatMatrix one = Rows(3, {1, 2, 0, 0, 1, 1, 3, -1, 2, 2, 2, -2, -1, 0, 1});
  const FloatMatrix other = Rows(3, {2, 0, 1, 1, 1, 1, 0, -2, 3, 4, 1, 0, 1, 3, -1, 0, 0, 2});
  EXPECT_NEAR(FrechetDistance(one, other), 1.158331148953, 1e-9);
  EXPECT_NEAR(FrechetDistance(other, one), 1.158331148953, 1e-9);
}

TEST(FrechetDistance, OfFewerRowsThanDimensionsIsFinite) {
  const FloatMatrix one = Rows(4, {1, 0, 0, 2, 0, 1, 0, 3}),
                    other = Rows(4, {1, 1, 0, 2, 0, 1, 2, 3});
  EXPECT_GT(FrechetDistance(one, other), 0);
}

TEST(NearestRows, AreTheMostSimilarByCosineAndOfEqualOnesTheFirst) {
  const FloatMatrix gallery = Rows(2, {0, 1, 1, 0, 5, 0, 1, 1});
  const auto nearest = NearestRows(Rows(2, {2, 0, 0, 3}), gallery, 3);
  ASSERT_EQ(nearest.size(), 2U);
  EXPECT_EQ(nearest[0][0].row, 1U);
  EXPECT_EQ(nearest[0][1].row, 2U);
  EXPECT_EQ(nearest[0][2].row, 3U);
  EXPECT_FLOAT_EQ(nearest[0][0].similarity, 1);
  EXPECT_FLOAT_EQ(nearest[0][2].similarity, 0.70710678F);
  EXPECT_EQ(nearest[1][0].row, 0U);
  EXPECT_EQ(nearest[1][1].row, 3U);
}

TEST(NearestRows, OfMoreQueriesThanOneBlock) {
  FloatMatrix many(600, 2), gallery(600, 2);
  for (size_t i = 0; i < 600; ++i) {
    many.row(i)[0] = gallery.row(i)[0] = static_cast<float>(i);  // later ones are nearly alike
    many.row(i)[1] = gallery.row(i)[1] = 1;
  }
  const auto nearest = NearestRows(many, gallery, 1);
  for (size_t i = 0; i < 20; ++i) EXPECT_EQ(nearest[i][0].row, i);
  EXPECT_EQ(nearest.size(), 600U);
  EXPECT_GE(nearest[599][0].row, 500U);
}

}  // namespace
}  // namespace bcr
