#include "harness/features/row_source.h"

#include <gmock/gmock.h>

#include "tests/unit/core/catch_error.h"

namespace bcr {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

FloatMatrix Matrix(size_t rows, size_t cols, float first) {
  FloatMatrix matrix(rows, cols);
  for (size_t i = 0; i < rows * cols; ++i) matrix.data()[i] = first + static_cast<float>(i);
  return matrix;
}

std::shared_ptr<const RowSource> Share(const FloatMatrix& matrix) {
  return NewMatrixRows(matrix.view());
}

// The first value of every row, through a scratch of the promised size.
std::vector<float> Firsts(const RowSource& rows) {
  std::vector<float> firsts, scratch(rows.cols());
  for (size_t i = 0; i < rows.rows(); ++i) firsts.push_back(rows.Row(i, scratch.data())[0]);
  return firsts;
}

TEST(RowSource, AMatrixIsHandedOutWithoutACopy) {
  const FloatMatrix matrix = Matrix(2, 3, 0);
  const auto rows = NewMatrixRows(matrix.view());
  EXPECT_EQ(rows->rows(), 2U);
  EXPECT_EQ(rows->cols(), 3U);
  EXPECT_EQ(rows->Row(1, nullptr), matrix.row(1));
}

TEST(RowSource, PartsFollowEachOther) {
  const FloatMatrix a = Matrix(2, 2, 0), none(0, 2), b = Matrix(1, 2, 10), c = Matrix(3, 2, 20);
  const auto rows = NewConcatenatedRows({Share(a), Share(none), Share(b), Share(none), Share(c)});
  EXPECT_EQ(rows->rows(), 6U);
  EXPECT_EQ(rows->cols(), 2U);
  EXPECT_THAT(Firsts(*rows), ElementsAre(0, 2, 10, 20, 22, 24));
}

TEST(RowSource, PartsOfUnequalWidthAreRefused) {
  const FloatMatrix a = Matrix(2, 2, 0), b = Matrix(2, 3, 0);
  const Error error = test::CatchError([&] { NewConcatenatedRows({Share(a), Share(b)}); });
  EXPECT_EQ(error.code(), ErrorCode::kData);
  EXPECT_THAT(error.what(), HasSubstr("widths 2 and 3"));
}

TEST(RowSource, AnotherWidthCutsOrPads) {
  const FloatMatrix matrix = Matrix(2, 3, 1);
  const std::shared_ptr<const RowSource> rows = Share(matrix);
  const auto second = [&](const RowSource& source) {
    std::vector<float> scratch(source.cols());
    const float* row = source.Row(1, scratch.data());
    return std::vector<float>(row, row + source.cols());
  };
  EXPECT_EQ(NewRowsOfWidth(rows, 3), rows);
  EXPECT_THAT(second(*NewRowsOfWidth(rows, 2)), ElementsAre(4, 5));
  EXPECT_THAT(second(*NewRowsOfWidth(rows, 5)), ElementsAre(4, 5, 6, 0, 0));
  // Rows that do not lie in memory: each padding widens what the former one made.
  EXPECT_THAT(second(*NewRowsOfWidth(NewRowsOfWidth(rows, 5), 4)), ElementsAre(4, 5, 6, 0));
  EXPECT_THAT(second(*NewRowsOfWidth(NewRowsOfWidth(rows, 4), 5)), ElementsAre(4, 5, 6, 0, 0));
}

TEST(RowSource, SelectionsMayRepeatAndReorder) {
  const FloatMatrix matrix = Matrix(3, 1, 0);
  const auto source = NewMatrixRows(matrix.view());
  EXPECT_THAT(Firsts(*NewSelectedRows(*source, {2, 0, 2})), ElementsAre(2, 0, 2));
  EXPECT_EQ(NewSelectedRows(*source, {})->rows(), 0U);
}

}  // namespace
}  // namespace bcr
