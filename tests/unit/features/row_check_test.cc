#include "harness/features/row_check.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "harness/features/row_source.h"
#include "tests/unit/core/catch_error.h"

namespace bcr::internal {
namespace {

using testing::HasSubstr;

FloatMatrix Matrix(size_t rows, size_t cols) {
  FloatMatrix matrix(rows, cols);
  for (size_t i = 0; i < rows * cols; ++i) {
    matrix.data()[i] = static_cast<float>(i % 17) - 7.25F;
  }
  return matrix;
}

std::string Name(size_t row) { return "row " + std::to_string(row) + "!"; }

RowFindings Check(const RowSource& rows, int threads = 1, bool refuse_zero = false) {
  return CheckRows(rows, {refuse_zero, threads}, Name);
}

RowFindings Check(const FloatMatrix& matrix, int threads = 1, bool refuse_zero = false) {
  return Check(*NewMatrixRows(matrix.view()), threads, refuse_zero);
}

TEST(RowCheck, TheHashDependsOnNeitherThreadsNorCuts) {
  const FloatMatrix matrix = Matrix(1000, 7);
  const RowFindings whole = Check(matrix);
  EXPECT_EQ(whole.largest_value, 8.75F);
  for (const int threads : {2, 3, 8}) EXPECT_EQ(Check(matrix, threads).hash, whole.hash);
  for (const size_t cut : {1U, 255U, 256U, 257U, 999U}) {
    const auto rows = NewConcatenatedRows(
        {NewMatrixRows({matrix.row(0), cut, 7}), NewMatrixRows({matrix.row(cut), 1000 - cut, 7})});
    EXPECT_EQ(Check(*rows, 2).hash, whole.hash) << cut;
  }
}

TEST(RowCheck, TheHashSeesEveryValueTheOrderAndTheShape) {
  FloatMatrix matrix = Matrix(600, 3);
  const std::string hash = Check(matrix).hash;
  for (const size_t i : {0U, 900U, 1799U}) {
    const float before = matrix.data()[i];
    matrix.data()[i] = before + 1;
    EXPECT_NE(Check(matrix).hash, hash) << i;
    matrix.data()[i] = before;
  }
  EXPECT_EQ(Check(matrix).hash, hash);
  std::swap_ranges(matrix.row(5), matrix.row(6), matrix.row(300));
  EXPECT_NE(Check(matrix).hash, hash);
  const FloatMatrix zeros(6, 2);
  EXPECT_NE(Check(*NewMatrixRows({zeros.data(), 6, 2})).hash,
            Check(*NewMatrixRows({zeros.data(), 4, 3})).hash);
}

TEST(RowCheck, NamesTheFirstBadRowWhateverTheThreads) {
  FloatMatrix matrix = Matrix(2000, 5);
  matrix.row(1500)[0] = std::nanf("");
  matrix.row(700)[3] = -std::numeric_limits<float>::infinity();
  for (const int threads : {1, 4}) {
    EXPECT_EQ(test::CatchError([&] { Check(matrix, threads); }).text().where, "row 700!");
    EXPECT_THAT(test::MessageOf([&] { Check(matrix, threads); }),
                HasSubstr("infinity in column 3"));
  }
  matrix.row(700)[3] = 0;
  EXPECT_THAT(test::MessageOf([&] { Check(matrix); }), HasSubstr("NaN in column 0"));
}

TEST(RowCheck, TheLargestFloatIsFinite) {
  FloatMatrix matrix = Matrix(2, 2);
  matrix.row(1)[0] = -std::numeric_limits<float>::max();
  EXPECT_EQ(Check(matrix).largest_value, std::numeric_limits<float>::max());
}

TEST(RowCheck, RowsWithoutDirectionAreRefusedWhereAsked) {
  FloatMatrix matrix = Matrix(3, 4);
  std::fill_n(matrix.row(1), 4, 0.0F);
  EXPECT_NO_THROW(Check(matrix));
  EXPECT_THAT(test::MessageOf([&] { Check(matrix, 1, true); }),
              testing::AllOf(HasSubstr("row 1!"), HasSubstr("length zero")));
  matrix.row(1)[2] = -0.0F;
  EXPECT_THROW(Check(matrix, 1, true), Error);
  std::fill_n(matrix.row(1), 4, 4e-13F);  // length 8e-13
  EXPECT_THROW(Check(matrix, 1, true), Error);
  std::fill_n(matrix.row(1), 4, 6e-13F);  // length 1.2e-12, though each value is below 1e-12
  EXPECT_NO_THROW(Check(matrix, 1, true));
}

}  // namespace
}  // namespace bcr::internal
