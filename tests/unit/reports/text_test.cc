#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "harness/metrics/table.h"
#include "reports/change_text.h"
#include "reports/number_text.h"
#include "reports/score_text.h"
#include "reports/section_text.h"
#include "reports/text_table.h"
#include "reports/threshold_text.h"
#include "reports/verdict_text.h"
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
  EXPECT_EQ(StarNote("12.0 [1.0, 20.0]\n"), "");
  EXPECT_THAT(StarNote("12.0 [1.0, 20.0]*\n"), testing::HasSubstr("few identities"));
  EXPECT_EQ(Percent(0.4567), "45.7");
  EXPECT_TRUE(InfoOf("map_hits").higher_is_better);
  EXPECT_FALSE(InfoOf("end.nfr5").higher_is_better);
  EXPECT_FALSE(InfoOf("relative_tax").higher_is_better);
}

TEST(SearchText, TellsTheCostOfShortListsFromThatOfTheIndex) {
  SearchFigures search;
  search.index = "IVF4,Flat";
  search.k = 100;
  search.cells = {{"new", "old", 0.9, 0.8, 0.7, {0.61, 0.51}, {0.43, 0.33}, {0.52, 0.42}}};
  search.compatibility = {{0.05, 0, 0, "yes"}, {0.02, 0, 0, "undecided"}, {-0.04, 0, 0, "no"}};
  const std::string text = SearchText(search);
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

TEST(VerdictText, SaysWhatChangesBeforeWhatItMeans) {
  ScoreReport report = TestReport();
  report.compatibility->values["cmc1.gain"] = {0.1, 0.02, 0.18, 9};
  const std::string text = VerdictText(ViewOf(report));
  EXPECT_THAT(text, ::testing::StartsWith("Compatible: YES (1 seed)."));
  EXPECT_THAT(text, ::testing::ContainsRegex("\nmAP +[0-9.]+ -> [0-9.]+ +[+-][0-9.]+ points"));
  EXPECT_THAT(text,
              ::testing::ContainsRegex("\nrank-1 +.* \\+10.0 points +.95 %: \\+2.0, \\+18.0.\n"));
  EXPECT_THAT(text, ::testing::HasSubstr("two trained models"));
  report.compatibility->verdict = "no";
  EXPECT_THAT(VerdictText(ViewOf(report)), ::testing::StartsWith("Compatible: NO (1 seed)."));
  report.compatibility->verdict = "undecided";
  EXPECT_THAT(VerdictText(ViewOf(report)), ::testing::StartsWith("Compatible: UNDECIDED."));
}

ThresholdFigures SomeThresholds() {
  ThresholdFigures figures;
  figures.cells = {{"old",
                    "old",
                    600,
                    69300,
                    0.2031,
                    0.2,
                    {{0.1, {0.16, 0.09996, 0.37}}, {0.001, {0.377, 0.000996, 0.952}}},
                    {},
                    {}},
                   {"new", "old", 600, 690, 0.15, 0.2, {{0.1, {0.16, 0.1, 0.23}}}, {}, {}}};
  figures.pair_transfers = {
      {0.1, {0.16, 0.1, 0.37}, {0.16, 0.101, 0.23}, {0.1601, 0.1, 0.232}},
      {0.001, {0.377, 0.000996, 0.952}, {0.377, 0.00437, 0.854}, {0.4, 0.00099, 0.9}}};
  figures.search_transfers = {{0.1, {0.43, 0.1, 0.05}, {0.43, 0.08, 0.23}, {0.42, 0.1, 0.24}}};
  return figures;
}

TEST(ThresholdsText, ShowsRatesOfSixPowersOfTen) {
  const std::string text = ThresholdsText(SomeThresholds());
  EXPECT_THAT(text, ::testing::ContainsRegex("old/old +600 +69,300 +20.3 % +63.0 % +4.80 %\n"));
  EXPECT_THAT(text, ::testing::ContainsRegex("new/old +600 +690 +15.0 % +77.0 % +-\n"));
  EXPECT_THAT(text,
              ::testing::ContainsRegex(
                  " 0.1 % +0.3770 +0.0996 %, 95.2 % +0.437 %, 85.4 % +0.4000 +0.0990 %, 90.0 %\n"));
  EXPECT_THAT(text, ::testing::ContainsRegex(" 10 % +0.4300 +10.0 %, 5.00 % +8.00 %, 23.0 %"));
}

TEST(ThresholdsText, SaysInASentenceWhetherTheDeployedThresholdHolds) {
  std::string text = ThresholdSentence(SomeThresholds(), "cosine");
  std::replace(text.begin(), text.end(), '\n', ' ');
  EXPECT_THAT(text, ::testing::HasSubstr("set for 0.1 % false accepts in old/old (cosine 0.3770)"));
  EXPECT_THAT(text, ::testing::HasSubstr("accepts 0.437 % of the pairs of two people"));
  EXPECT_THAT(text, ::testing::HasSubstr("rejects 85.4 % of those of one person in the place of "
                                         "95.2 %"));
  EXPECT_THAT(text, ::testing::HasSubstr("0.4000 keeps the 0.1 %, and rejects 90.0 %."));
  EXPECT_EQ(ThresholdSentence({}, "cosine"), "");
  ThresholdFigures few = SomeThresholds();
  few.pair_transfers.pop_back();
  EXPECT_THAT(ThresholdSentence(few, "euclidean"), ::testing::HasSubstr("set for 10 % false"));
}

TEST(ScoreText, ShowsTablesOfThresholdsOnlyWhereAsked) {
  ScoreReport report = TestReport();
  report.sections.thresholds = SomeThresholds();
  EXPECT_THAT(ScoreText(report), ::testing::HasSubstr("The deployed threshold: set for 0.1 %"));
  EXPECT_THAT(ScoreText(report), ::testing::Not(::testing::HasSubstr("TAR at")));
  EXPECT_THAT(ScoreText(report, {}, {.thresholds = true}), ::testing::HasSubstr("TAR at 0.1 %"));
}

ChangeFigures SomeChanges() {
  ChangeFigures figures;
  figures.length = 12;
  figures.identities = 100;
  figures.identities_worse = 34;
  figures.queries = 1400;
  figures.queries_worse = 300;
  figures.worst_queries = {{"a.jpg", "0007", "c1", 0.9, 0.2, 1, 1234}};
  for (int i = 0; i < 12; ++i)
    figures.worst_identities.push_back({fmt::format("person-{}", i), 4, 0.8, 0.1 + 0.01 * i});
  figures.by_camera = true;
  figures.worst_camera_pairs = {{"c1", "c2", 30, 20, 0.5, 0.4}};
  return figures;
}

TEST(ChangesText, NamesTenIdentitiesAndAllWhoWereAskedFor) {
  const std::string some = ChangesText(SomeChanges(), false);
  EXPECT_THAT(some, ::testing::HasSubstr("34 of 100 identities (300 of 1,400 queries)"));
  EXPECT_THAT(some, ::testing::ContainsRegex("person-0 +4 +80.0 -> 10.0 +-70.0\n"));
  EXPECT_THAT(some, ::testing::HasSubstr("person-9"));
  EXPECT_THAT(some, ::testing::Not(::testing::HasSubstr("person-10")));
  EXPECT_THAT(some, ::testing::Not(::testing::HasSubstr("a.jpg")));
  const std::string all = ChangesText(SomeChanges(), true);
  EXPECT_THAT(all, ::testing::HasSubstr("person-11"));
  EXPECT_THAT(all, ::testing::ContainsRegex("a.jpg +0007 +c1 +90.0 -> 20.0 +-70.0 +1 -> 1,234\n"));
  EXPECT_THAT(all, ::testing::ContainsRegex("c1 +c2 +30 +20 +50.0 -> 40.0 +-10.0\n"));
}

TEST(ChangesText, SaysWhereNobodyGetsWorse) {
  ChangeFigures figures;
  figures.identities = 12;
  EXPECT_EQ(ChangesText(figures, true),
            "Nobody of 12 identities is found worse on the old gallery.\n");
}

// An order that knows the labels is a bound and no advice.
TEST(BackfillText, SaysWhichShareToExtractFirst) {
  BackfillCurves backfill;
  for (const auto& [order, share] : {std::pair("random", 0.9), {"camera", 0.75}, {"oracle", 0.3}}) {
    BackfillCurves::Curve& curve = backfill.curves.emplace_back();
    curve.order = order;
    curve.points = {{0, 0, 0.2}, {1, 10, 0.5}};
    curve.share_to_95 = share;
  }
  EXPECT_THAT(BackfillText(backfill),
              ::testing::HasSubstr("Extract first: in the order `camera`, 75 % of the gallery"));
}

TEST(MatrixText, LeavesGapsWhereNothingWasMeasured) {
  const MatrixFigures matrix{{"v1", "v2"},
                             {{0.25}, {std::nullopt, 0.5}},
                             {{"am", {0.375, std::nullopt, std::nullopt, 9}}},
                             {{"ac", "a cell was not measured"}}};
  const std::string text = MatrixText(matrix);
  EXPECT_THAT(text, ::testing::ContainsRegex("v2 +- +50.0\n"));
  EXPECT_THAT(text, ::testing::HasSubstr("   -  AC: share of"));
  EXPECT_THAT(text, ::testing::HasSubstr("37.5  AM: mean"));
}

TEST(SlicesText, ShowsTheHardestPairsThatHaveQueries) {
  SliceTable::Cell cell{"new", "old", {}, {}};
  for (const double map : {0.9, 0.2, 0.5, 0.4}) {
    cell.camera_pairs.push_back({"c1", "c2", 7, {3, 3, 2, {map, {}, {}, ""}, {1, {}, {}, ""}}});
  }
  cell.camera_pairs.push_back({"c9", "c9", 7, {3, 0, 0, {{}, {}, {}, "no match"}, {}}});
  const std::string text = SlicesText({{cell}});
  EXPECT_LT(text.find("20.0"), text.find("40.0"));
  EXPECT_LT(text.find("40.0"), text.find("50.0"));
  EXPECT_EQ(text.find("90.0"), std::string::npos);
  EXPECT_EQ(text.find("c9"), std::string::npos);
}

}  // namespace
}  // namespace bcr
