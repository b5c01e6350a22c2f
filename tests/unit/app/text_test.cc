#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/app/compare/figures.h"
#include "harness/app/score/row_width.h"
#include "harness/core/matrix.h"
#include "reports/text_table.h"
#include "tests/unit/core/catch_error.h"

namespace bcr {
namespace {

TEST(TextTable, AlignsByCharactersNotBytes) {
  EXPECT_EQ(AlignedTable({{"name", "n"}, {"ü", "10"}, {"longer", "7"}}, {0}),
            "name     n\nü       10\nlonger   7\n");
}

TEST(TextTable, CutsAndWraps) {
  EXPECT_EQ(Shortened("abcdef", 4), "abc~");
  EXPECT_EQ(Shortened("äöü", 3), "äöü");
  EXPECT_EQ(Shortened("äöüx", 3), "äö~");
  EXPECT_EQ(Shortened("a\nb\x1b", 9), "a b ");
  EXPECT_EQ(Wrapped("one two three", 7, 2), "one two\n  three\n");
  EXPECT_EQ(Wrapped("", 7), "\n");
}

TEST(TextTable, GroupsThousands) {
  EXPECT_EQ(Grouped(0), "0");
  EXPECT_EQ(Grouped(999), "999");
  EXPECT_EQ(Grouped(3368), "3,368");
  EXPECT_EQ(Grouped(-1234567), "-1,234,567");
}

TEST(Figures, PointsNeverReadMinusZero) {
  EXPECT_EQ(SignedPoints(-0.0001), "+0.0");
  EXPECT_EQ(SignedPoints(-0.0123, 2), "-1.23");
  EXPECT_EQ(Percent(0.4567), "45.7");
  EXPECT_TRUE(InfoOf("map_hits").higher_is_better);
  EXPECT_FALSE(InfoOf("end.nfr5").higher_is_better);
  EXPECT_FALSE(InfoOf("relative_tax").higher_is_better);
}

TEST(RowWidth, TruncatesAndPads) {
  FloatMatrix matrix(1, 3);
  for (size_t i = 0; i < 3; ++i) matrix.row(0)[i] = static_cast<float>(i + 1);
  const std::shared_ptr<const RowSource> rows = NewMatrixRows(matrix.view());
  std::vector<float> scratch(5);
  EXPECT_EQ(InWidth(rows, 3, "equal", "--new-query"), rows);
  const float* cut = InWidth(rows, 2, "truncate", "--new-query")->Row(0, scratch.data());
  EXPECT_EQ(std::vector<float>(cut, cut + 2), (std::vector<float>{1, 2}));
  const float* padded = InWidth(rows, 5, "pad", "--new-query")->Row(0, scratch.data());
  EXPECT_EQ(std::vector<float>(padded, padded + 5), (std::vector<float>{1, 2, 3, 0, 0}));
  EXPECT_THAT(test::MessageOf([&] { InWidth(rows, 2, "pad", "--new-query"); }),
              ::testing::HasSubstr("--widths truncate"));
  EXPECT_THAT(test::MessageOf([&] { InWidth(rows, 5, "equal", "--new-query"); }),
              ::testing::HasSubstr("--new-query (--widths equal): found width 3"));
}

}  // namespace
}  // namespace bcr
