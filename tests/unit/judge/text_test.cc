#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/core/matrix.h"
#include "harness/judge/row_width.h"
#include "harness/metrics/table.h"
#include "reports/block_text.h"
#include "reports/number_text.h"
#include "reports/score_text.h"
#include "reports/text_table.h"
#include "tests/unit/core/catch_error.h"
#include "tests/unit/reports/test_report.h"

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

TEST(SearchText, TellsTheCostOfShortListsFromThatOfTheIndex) {
  const auto figures = [](double map, double cmc1) {
    return Json{{"map_hits", map}, {"cmc1", cmc1}};
  };
  const auto judged = [](double gain, const char* verdict) {
    return Json{{"gain", {{"value", gain}}}, {"verdict", verdict}};
  };
  const std::string text = SearchText({{"index", "IVF4,Flat"},
                                       {"k", 100},
                                       {"cells",
                                        {{{"query_model", "new"},
                                          {"gallery_model", "old"},
                                          {"recall_at_1", 0.9},
                                          {"recall_at_10", 0.8},
                                          {"recall_at_k", 0.7},
                                          {"exact", figures(0.61, 0.51)},
                                          {"truncated", figures(0.52, 0.42)},
                                          {"approximate", figures(0.43, 0.33)}}}},
                                       {"compatibility",
                                        {{"exact", judged(0.05, "yes")},
                                         {"truncated", judged(0.02, "undecided")},
                                         {"approximate", judged(-0.04, "no")}}}});
  EXPECT_THAT(text, ::testing::ContainsRegex("61.0 +52.0 +43.0 +51.0 +42.0 +33.0\n"));
  EXPECT_THAT(text, ::testing::HasSubstr("cut: exact search, lists end at 100"));
  EXPECT_THAT(text, ::testing::HasSubstr("exact: yes (+5.0); cut: undecided (+2.0); found: no "
                                         "(-4.0)"));
}

TEST(ScoreText, SaysWhoIsNobodyAndWhoHasNoMatch) {
  ScoreReport report = TestReport();
  EXPECT_THAT(ScoreText(report),
              ::testing::AllOf(::testing::HasSubstr("\n1 of the queries have no match"),
                               ::testing::Not(::testing::HasSubstr("junk")),
                               ::testing::Not(::testing::HasSubstr("--policy none"))));
  report.sets[1].junk = 1234;
  report.sets[1].distractors = 5;
  report.cells[1].invalid_queries = 4;
  std::string text = ScoreText(report);
  std::replace(text.begin(), text.end(), '\n', ' ');  // wherever lines break
  EXPECT_THAT(text, ::testing::HasSubstr("of them 1,234 junk (dropped) and 5"));
  EXPECT_THAT(text, ::testing::HasSubstr("1 in old/old, 4 in new/new, 1 in new/old of the"));
  EXPECT_THAT(text, ::testing::HasSubstr("score with --policy none"));
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
