#include "harness/adapt/affine_rows.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "harness/core/parallel.h"
#include "tests/unit/adapt/random_rows.h"
#include "tests/unit/core/catch_error.h"

namespace bcr {
namespace {

using test::Own;
using test::RandomRows;
using test::ReadAll;
using test::SameBits;
using testing::ElementsAre;
using testing::HasSubstr;

FloatMatrix Matrix(size_t rows, size_t cols, const std::vector<float>& values) {
  FloatMatrix matrix(rows, cols);
  std::copy(values.begin(), values.end(), matrix.data());
  return matrix;
}

std::vector<float> Values(const RowSource& rows) {
  const FloatMatrix all = ReadAll(rows);
  return std::vector<float>(all.data(), all.data() + all.rows() * all.cols());
}

TEST(AffineRows, MultipliesAndAddsByHand) {
  const FloatMatrix weights = Matrix(3, 2, {1, 2, 3, 4, 5, 6}), offset = Matrix(1, 3, {10, 20, 30});
  const auto rows = Own(Matrix(2, 2, {1, 0, 3, 4}));
  const auto plain = NewAffineRows({.weights = weights}, rows);
  EXPECT_EQ(plain->cols(), 3U);
  EXPECT_THAT(Values(*plain), ElementsAre(1, 3, 5, 11, 25, 39));
  EXPECT_THAT(Values(*NewAffineRows({.weights = weights, .offset = &offset}, rows)),
              ElementsAre(11, 23, 35, 21, 45, 69));
  const std::vector<float> unit =
      Values(*NewAffineRows({.weights = weights, .unit_rows = true}, rows));
  EXPECT_FLOAT_EQ(unit[3], 11.0F / 5);
  EXPECT_FLOAT_EQ(unit[5], 39.0F / 5);
}

TEST(AffineRows, AgreesWithSumsInFloat64) {
  const FloatMatrix weights = RandomRows(37, 129, 1), rows = RandomRows(150, 129, 2);
  const FloatMatrix mapped =
      ReadAll(*NewAffineRows({.weights = weights}, NewMatrixRows(rows.view())));
  for (size_t i = 0; i < rows.rows(); ++i) {
    for (size_t j = 0; j < weights.rows(); ++j) {
      double sum = 0;
      for (size_t k = 0; k < 129; ++k)
        sum += static_cast<double>(rows.row(i)[k]) * weights.row(j)[k];
      ASSERT_NEAR(mapped.row(i)[j], sum, 2e-5) << i << " " << j;
    }
  }
}

TEST(AffineRows, AnyOrderOnAnyNumberOfThreadsGivesTheSameBits) {
  const FloatMatrix weights = RandomRows(33, 70, 3), rows = RandomRows(1000, 70, 4);
  const auto source = Own(rows);
  const FloatMatrix expected = ReadAll(*NewAffineRows({.weights = weights}, source));
  for (const int threads : {1, 2, 7}) {
    const auto mapped = NewAffineRows({.weights = weights}, source);
    FloatMatrix all(1000, 33);
    ParallelFor(1000, threads, [&](size_t i) {
      const size_t row = i * 37 % 1000;
      std::vector<float> scratch(33);
      std::copy_n(mapped->Row(row, scratch.data()), 33, all.row(row));
    });
    EXPECT_TRUE(SameBits(all, expected)) << threads;
  }
}

TEST(AffineRows, IdenticalRowsHaveIdenticalImagesAtEveryPlace) {
  const FloatMatrix weights = RandomRows(19, 40, 5), one = RandomRows(1, 40, 6);
  FloatMatrix rows(131, 40);
  for (size_t i = 0; i < rows.rows(); ++i) std::copy_n(one.data(), 40, rows.row(i));
  const FloatMatrix mapped =
      ReadAll(*NewAffineRows({.weights = weights, .unit_rows = true}, Own(rows)));
  for (size_t i = 1; i < rows.rows(); ++i) {
    EXPECT_EQ(std::memcmp(mapped.row(i), mapped.row(0), 19 * sizeof(float)), 0) << i;
  }
}

TEST(AffineRows, RowsWithoutDirectionAndOverflowAreRefused) {
  const FloatMatrix weights = Matrix(1, 2, {1, 1});
  const auto zero =
      NewAffineRows({.weights = weights, .unit_rows = true}, Own(Matrix(3, 2, {1, 0, 0, 1, 0, 0})));
  EXPECT_THAT(test::MessageOf([&] { ReadAll(*zero); }), HasSubstr("row 2 counted from 0"));
  const float large = std::numeric_limits<float>::max();
  const auto over = NewAffineRows({.weights = weights}, Own(Matrix(1, 2, {large, large})));
  const Error error = test::CatchError([&] { ReadAll(*over); });
  EXPECT_EQ(error.code(), ErrorCode::kData);
  EXPECT_THAT(error.what(), HasSubstr("not finite"));
  EXPECT_EQ(ReadAll(*NewAffineRows({.weights = weights}, Own(FloatMatrix(0, 2)))).rows(), 0U);
}

}  // namespace
}  // namespace bcr
