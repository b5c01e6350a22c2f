#include "harness/features/width.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/core/random.h"
#include "tests/unit/core/catch_error.h"

namespace bcr {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

FloatMatrix Draw(size_t rows, size_t cols, uint64_t seed) {
  Random random(seed);
  FloatMatrix matrix(rows, cols);
  for (size_t i = 0; i < rows * cols; ++i) matrix.data()[i] = static_cast<float>(random.Normal());
  return matrix;
}

std::vector<float> RowOf(const RowSource& rows, size_t i) {
  std::vector<float> scratch(rows.cols());
  const float* row = rows.Row(i, scratch.data());
  return {row, row + rows.cols()};
}

class RowsInWidthTest : public ::testing::Test {
 protected:
  std::vector<float> Second(size_t width, const std::string& policy,
                            const FloatMatrix* projection = nullptr) const {
    return RowOf(*RowsInWidth(rows_, width, {policy}, "new rows", projection), 1);
  }
  std::string Refusal(size_t width, const WidthPolicy& policy) const {
    return test::MessageOf([&] { RowsInWidth(rows_, width, policy, "new rows"); });
  }

  FloatMatrix Matrix() const {
    FloatMatrix matrix(2, 3);
    for (size_t i = 0; i < 6; ++i) matrix.data()[i] = static_cast<float>(i);
    return matrix;
  }
  const FloatMatrix matrix_ = Matrix();  // rows 0 1 2 and 3 4 5
  const std::shared_ptr<const RowSource> rows_ = NewMatrixRows(matrix_.view());
};

TEST_F(RowsInWidthTest, CutsAndPads) {
  EXPECT_THAT(Second(2, "truncate"), ElementsAre(3, 4));
  EXPECT_THAT(Second(5, "pad"), ElementsAre(3, 4, 5, 0, 0));
}

TEST_F(RowsInWidthTest, EqualWidthsAreNotTouched) {
  for (const std::string& policy : WidthPolicies()) {
    EXPECT_EQ(RowsInWidth(rows_, 3, {policy}, "new rows"), rows_) << policy;
  }
}

TEST_F(RowsInWidthTest, ProjectsByTheModelsOwnMatrix) {
  FloatMatrix projection(2, 3);
  projection.row(0)[2] = 1;
  projection.row(1)[0] = 2;
  EXPECT_THAT(Second(2, "project", &projection), ElementsAre(5, 6));
  EXPECT_THAT(Second(2, "truncate", &projection), ElementsAre(3, 4)) << "another policy";
  // Without a matrix, or with one for another width, rows are cut or padded.
  const FloatMatrix none;
  EXPECT_THAT(Second(2, "project", &none), ElementsAre(3, 4));
  EXPECT_THAT(Second(4, "project", &projection), ElementsAre(3, 4, 5, 0));
}

TEST_F(RowsInWidthTest, AProjectionIsTheProductOfEveryRow) {
  const FloatMatrix features = Draw(300, 6, 1), projection = Draw(4, 6, 2);
  const std::shared_ptr<const RowSource> rows = NewMatrixRows(features.view());
  const auto projected = RowsInWidth(rows, 4, {"project"}, "new rows", &projection);
  ASSERT_EQ(projected->rows(), 300U);
  for (size_t i = 0; i < 300; ++i) {
    const std::vector<float> row = RowOf(*projected, i);
    for (size_t j = 0; j < 4; ++j) {
      double sum = 0;
      for (size_t c = 0; c < 6; ++c) {
        sum += static_cast<double>(features.row(i)[c]) * projection.row(j)[c];
      }
      ASSERT_EQ(row[j], static_cast<float>(sum));
    }
  }
}

TEST_F(RowsInWidthTest, SaysWhichPolicyServesInTheUsersWords) {
  EXPECT_THAT(Refusal(2, {"pad"}), HasSubstr("--widths truncate"));
  EXPECT_THAT(Refusal(5, {"truncate"}), HasSubstr("--widths pad"));
  EXPECT_THAT(Refusal(5, {"equal"}), HasSubstr("new rows (--widths equal): found width 3"));
  const WidthPolicy setting = {"equal", "--set setting.widths=", ErrorCode::kConfig};
  EXPECT_THAT(Refusal(2, setting), HasSubstr("--set setting.widths=truncate"));
  EXPECT_EQ(test::CatchError([&] { RowsInWidth(rows_, 2, setting, "x"); }).code(),
            ErrorCode::kConfig);
}

}  // namespace
}  // namespace bcr
