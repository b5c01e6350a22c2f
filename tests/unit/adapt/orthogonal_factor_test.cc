#include "harness/adapt/orthogonal_factor.h"

#include <gtest/gtest.h>

#include <cmath>

#include "harness/core/random.h"

namespace bcr {
namespace {

using Values = std::vector<double>;

Values Draw(size_t n, uint64_t seed) {
  Random random(seed);
  Values values(n);
  for (double& value : values) value = random.Normal();
  return values;
}

// a^T b of row-major matrices with n rows.
Values TransposedTimes(const Values& a, const Values& b, size_t n, size_t cols_a, size_t cols_b) {
  Values out(cols_a * cols_b, 0.0);
  for (size_t r = 0; r < n; ++r) {
    for (size_t i = 0; i < cols_a; ++i) {
      for (size_t j = 0; j < cols_b; ++j)
        out[i * cols_b + j] += a[r * cols_a + i] * b[r * cols_b + j];
    }
  }
  return out;
}

Values Transposed(const Values& a, size_t rows, size_t cols) {
  Values out(a.size());
  for (size_t i = 0; i < rows; ++i) {
    for (size_t j = 0; j < cols; ++j) out[j * rows + i] = a[i * cols + j];
  }
  return out;
}

double DistanceFromIdentity(const Values& a, size_t n) {
  double largest = 0;
  for (size_t i = 0; i < n * n; ++i) {
    largest = std::max(largest, std::abs(a[i] - (i % (n + 1) == 0 ? 1.0 : 0.0)));
  }
  return largest;
}

// Of a symmetric matrix: the least Rayleigh quotient over random directions is not negative where
// the matrix is positive semidefinite.
double LeastQuotient(const Values& a, size_t n) {
  double least = 1e300;
  for (uint64_t seed = 0; seed < 50; ++seed) {
    const Values x = Draw(n, 100 + seed);
    double sum = 0;
    for (size_t i = 0; i < n; ++i) {
      for (size_t j = 0; j < n; ++j) sum += x[i] * a[i * n + j] * x[j];
    }
    least = std::min(least, sum);
  }
  return least;
}

struct Shape {
  size_t rows, cols;
};

class Factor : public ::testing::TestWithParam<Shape> {};

// Q is the polar factor of M exactly where Q is orthogonal and Q^T M (M Q^T where M is wide) is
// symmetric and positive semidefinite, with the sum of singular values as its trace: no second
// decomposition is needed to know.
TEST_P(Factor, IsThePolarFactor) {
  const auto [rows, cols] = GetParam();
  const Values m = Draw(rows * cols, rows * 100 + cols);
  const OrthogonalFactor factor = NearestOrthogonal(m, rows, cols);
  EXPECT_EQ(factor.rank, std::min(rows, cols));
  const size_t n = std::min(rows, cols), deep = std::max(rows, cols);
  const Values q = rows >= cols ? factor.matrix : Transposed(factor.matrix, rows, cols);
  const Values tall = rows >= cols ? m : Transposed(m, rows, cols);
  EXPECT_LT(DistanceFromIdentity(TransposedTimes(q, q, deep, n, n), n), 1e-12 * deep);
  const Values product = TransposedTimes(q, tall, deep, n, n);
  double skew = 0, trace = 0;
  for (size_t i = 0; i < n; ++i) {
    trace += product[i * n + i];
    for (size_t j = 0; j < n; ++j) {
      skew = std::max(skew, std::abs(product[i * n + j] - product[j * n + i]));
    }
  }
  EXPECT_LT(skew, 1e-11 * deep);
  EXPECT_NEAR(trace, factor.nuclear_norm, 1e-10 * trace);
  EXPECT_GE(LeastQuotient(product, n), 0.0);
}

INSTANTIATE_TEST_SUITE_P(Shapes, Factor,
                         ::testing::Values(Shape{1, 1}, Shape{3, 3}, Shape{5, 2}, Shape{2, 5},
                                           Shape{64, 64}, Shape{100, 37}, Shape{37, 100}));

TEST(OrthogonalFactor, GivesARotationBack) {
  const double c = std::cos(0.3), s = std::sin(0.3);
  const OrthogonalFactor factor = NearestOrthogonal({5 * c, -5 * s, 5 * s, 5 * c}, 2, 2);
  EXPECT_NEAR(factor.matrix[0], c, 1e-15);
  EXPECT_NEAR(factor.matrix[1], -s, 1e-15);
  EXPECT_NEAR(factor.matrix[2], s, 1e-15);
  EXPECT_NEAR(factor.nuclear_norm, 10, 1e-12);
}

// The first direction is turned into the second; what M says nothing of stays as it is.
TEST(OrthogonalFactor, WhatTheMatrixDoesNotReachStaysNearTheIdentity) {
  const Values m = {3, 0, 0, 0, 0, 0, 0, 0, 0};
  const OrthogonalFactor factor = NearestOrthogonal(m, 3, 3);
  EXPECT_EQ(factor.rank, 1U);
  EXPECT_LT(DistanceFromIdentity(factor.matrix, 3), 1e-12);
  const OrthogonalFactor turned = NearestOrthogonal({0, 2, 0, 0, 0, 0, 0, 0, 0}, 3, 3);
  EXPECT_NEAR(turned.matrix[1], 1, 1e-12);
  EXPECT_NEAR(turned.matrix[8], 1, 1e-12);
  // Wide and tall: the part that M does not reach is that of the padded identity.
  const OrthogonalFactor tall = NearestOrthogonal({0, 0, 0, 2, 0, 0, 0, 0}, 4, 2);
  EXPECT_NEAR(tall.matrix[3], 1, 1e-12);
  EXPECT_NEAR(tall.matrix[0], 1, 1e-12);
  const OrthogonalFactor wide = NearestOrthogonal({0, 0, 0, 0, 0, 2, 0, 0}, 2, 4);
  EXPECT_NEAR(wide.matrix[5], 1, 1e-12);
  EXPECT_NEAR(wide.matrix[0], 1, 1e-12);
}

TEST(OrthogonalFactor, ZerosHaveNoRank) {
  const OrthogonalFactor factor = NearestOrthogonal(Values(6, 0.0), 3, 2);
  EXPECT_EQ(factor.rank, 0U);
  EXPECT_EQ(factor.nuclear_norm, 0);
}

TEST(OrthogonalFactor, HasTheSameBitsTwice) {
  const Values m = Draw(80 * 80, 9);
  EXPECT_EQ(NearestOrthogonal(m, 80, 80).matrix, NearestOrthogonal(m, 80, 80).matrix);
}

}  // namespace
}  // namespace bcr
