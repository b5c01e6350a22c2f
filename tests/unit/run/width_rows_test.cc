#include "harness/run/width_rows.h"

#include <gtest/gtest.h>

#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/train/trainer.h"

namespace bcr {
namespace {

FloatMatrix Draw(size_t rows, size_t cols, uint64_t seed) {
  Random random(seed);
  FloatMatrix matrix(rows, cols);
  for (size_t i = 0; i < rows * cols; ++i) matrix.data()[i] = static_cast<float>(random.Normal());
  return matrix;
}

void ExpectRows(const RowSource& rows, const FloatMatrix& expected, float tolerance) {
  ASSERT_EQ(rows.rows(), expected.rows());
  ASSERT_EQ(rows.cols(), expected.cols());
  std::vector<float> scratch(rows.cols());
  for (size_t i = 0; i < rows.rows(); ++i) {
    const float* row = rows.Row(i, scratch.data());
    for (size_t c = 0; c < rows.cols(); ++c) ASSERT_NEAR(row[c], expected.row(i)[c], tolerance);
  }
}

// As deployed: what AdaptWidth makes of the whole matrix.
TEST(RowsInWidth, AgreesWithAdaptWidth) {
  const FloatMatrix features = Draw(5000, 6, 1), none, projection = Draw(4, 6, 2);
  const std::shared_ptr<const RowSource> rows = NewMatrixRows(features.view());
  ExpectRows(*RowsInWidth(rows, 4, "truncate", none), AdaptWidth(features, 4, "truncate", none), 0);
  ExpectRows(*RowsInWidth(rows, 9, "pad", none), AdaptWidth(features, 9, "pad", none), 0);
  ExpectRows(*RowsInWidth(rows, 4, "project", projection),
             AdaptWidth(features, 4, "project", projection), 1e-5F);
}

TEST(RowsInWidth, EqualWidthsAreNotTouched) {
  const FloatMatrix features = Draw(3, 6, 1);
  const std::shared_ptr<const RowSource> rows = NewMatrixRows(features.view());
  EXPECT_EQ(RowsInWidth(rows, 6, "equal", {}), rows);
  EXPECT_EQ(RowsInWidth(rows, 6, "truncate", {}), rows);
}

TEST(RowsInWidth, ProjectingCutsOrPadsModelsWithoutAProjection) {
  const FloatMatrix features = Draw(3, 6, 1), none;
  const std::shared_ptr<const RowSource> rows = NewMatrixRows(features.view());
  ExpectRows(*RowsInWidth(rows, 4, "project", none), AdaptWidth(features, 4, "truncate", none), 0);
  ExpectRows(*RowsInWidth(rows, 8, "project", none), AdaptWidth(features, 8, "pad", none), 0);
}

TEST(RowsInWidth, RefusesWhatThePolicyDoesNotServe) {
  const FloatMatrix features = Draw(3, 6, 1);
  const std::shared_ptr<const RowSource> rows = NewMatrixRows(features.view());
  EXPECT_THROW(RowsInWidth(rows, 4, "equal", {}), Error);
  EXPECT_THROW(RowsInWidth(rows, 8, "truncate", {}), Error);
  EXPECT_THROW(RowsInWidth(rows, 4, "pad", {}), Error);
}

}  // namespace
}  // namespace bcr
