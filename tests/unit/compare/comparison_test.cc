#include "harness/compare/comparison.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/core/files.h"
#include "reports/record_io.h"
#include "tests/unit/compare/stored_report.h"
#include "tests/unit/core/catch_error.h"
#include "tests/unit/reports/test_record.h"

namespace bcr {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

class ComparisonTest : public ::testing::Test {
 protected:
  Result Stored(const std::string& name, const ApByCell& ap, ScoreReport report = TestReport()) {
    return StoreReport(JoinPath(folder_.path(), name), ap, std::move(report));
  }
  static const FigureDifference* Find(const Comparison& comparison, const std::string& cell,
                                      const std::string& figure) {
    for (const FigureDifference& item : comparison.figures) {
      if (item.cell == cell && item.figure == figure) return &item;
    }
    return nullptr;
  }
  TemporaryFolder folder_;
};

TEST_F(ComparisonTest, PairsQueriesOfEachCellAndOfTheUpgrade) {
  ApByCell better = UpgradeAp();
  better["new/old"] = SixTimes({0.8, 0.9, 0.9, 0.6, 0.9});  // 0.2 more for every query
  const Comparison comparison =
      Compare(Stored("a.json", UpgradeAp()), Stored("b.json", better), {});
  const FigureDifference* cross = Find(comparison, "new/old", "map_hits");
  ASSERT_NE(cross, nullptr);
  EXPECT_NEAR(cross->b - cross->a, 0.2, 1e-12);
  ASSERT_TRUE(cross->test);
  EXPECT_NEAR(*cross->test->difference.value, 0.2, 1e-12);
  EXPECT_EQ(cross->test->queries, 30U) << "queries without a match count nowhere";
  EXPECT_LE(cross->test->p_value, .05);
  EXPECT_EQ(cross->verdict, "better");
  EXPECT_EQ(Find(comparison, "old/old", "map_hits")->verdict, "same");
  const FigureDifference& rate = *Find(comparison, "old/old", "cmc1");
  EXPECT_EQ(rate.verdict, "same") << "every query has the same AP: it is one ranking";
  EXPECT_EQ(*rate.test->difference.low, 0);
  EXPECT_FALSE(rate.test->difference.few);
  EXPECT_EQ(Find(comparison, "new/old", "cmc5")->a, Find(comparison, "new/old", "cmc5")->b);
  EXPECT_EQ(Find(comparison, "new/old", "cmc5")->verdict, "undecided") << "its AP differs";
  const FigureDifference* gain = Find(comparison, "", "gain");
  ASSERT_NE(gain, nullptr);
  EXPECT_NEAR(*gain->test->difference.value, 0.2, 1e-12);
  // Right before (AP >= 0.5 stands for rank 1) and wrong now: no query in either.
  EXPECT_EQ(Find(comparison, "", "deployment.nfr1")->a, 0);
  // q0 (0.4 -> 0.6): one of five repaired in a; in b also q3 (0.3 -> 0.6).
  EXPECT_NEAR(Find(comparison, "", "deployment.pfr1")->a, 0.2, 1e-12);
  EXPECT_NEAR(Find(comparison, "", "deployment.pfr1")->b, 0.4, 1e-12);
}

TEST_F(ComparisonTest, FewerFlipsAreBetter) {
  ApByCell worse = UpgradeAp();
  worse["new/old"] = SixTimes({0.6, 0.1, 0.1, 0.4, 0.1});  // breaks q1, q2 and q4
  const Comparison comparison = Compare(Stored("a.json", UpgradeAp()), Stored("b.json", worse), {});
  const FigureDifference* flips = Find(comparison, "", "deployment.nfr1");
  EXPECT_NEAR(flips->b, 0.6, 1e-12);
  EXPECT_GT(*flips->test->difference.low, 0);
  EXPECT_EQ(flips->verdict, "worse");
}

TEST_F(ComparisonTest, OtherQueriesAreRefusedByName) {
  const Result a = Stored("a.json", UpgradeAp());
  ApByCell more = UpgradeAp();
  for (auto& [cell, ap] : more) ap.insert(ap.begin() + 30, 0.5);
  EXPECT_THAT(test::MessageOf([&] { Compare(a, Stored("b.json", more), {}); }),
              HasSubstr("`q31.jpg` is in the second only (31 and 32 queries)"));
}

TEST_F(ComparisonTest, SettingsThatDifferComeFirstAndObstaclesAreSaid) {
  ScoreReport other = TestReport();
  other.scoring.policy = "none";
  other.sets[3].index_hash = "another gallery";
  const Comparison comparison =
      Compare(Stored("a.json", UpgradeAp()), Stored("b.json", UpgradeAp(), other), {});
  ASSERT_EQ(comparison.facts.size(), 2U);
  EXPECT_EQ(comparison.facts[0].name, "scoring.policy");
  EXPECT_EQ(comparison.facts[0].b, "none");
  EXPECT_EQ(comparison.facts[1].name, "sets.new.gallery.index_hash");
  EXPECT_EQ(comparison.obstacles.size(), 2U);
  const std::string text = ComparisonText(comparison, 96);
  EXPECT_LT(text.find("scoring.policy"), text.find("B - A"));
  EXPECT_THAT(text, HasSubstr("WARNING: the policy differs: market and none"));
}

TEST_F(ComparisonTest, KindsMixAndMissingSideFilesAreSaid) {
  const Result report = Stored("a.json", UpgradeAp());
  const Result record = ReadResult(WriteRecord(folder_.path(), TestRecord("bct", 1)));
  const Comparison comparison = Compare(report, record, {});
  EXPECT_EQ(comparison.facts[0].name, "kind");
  EXPECT_FALSE(Find(comparison, "new/old", "map_hits")->test);
  EXPECT_THAT(comparison.notes, Contains(HasSubstr("came without these per-query files")));
  EXPECT_THAT(comparison.notes, Contains(HasSubstr("paragon/paragon is in the second only")));
}

TEST_F(ComparisonTest, WithoutACommonCellThereIsNothingToCompare) {
  ApByCell other = {{"v2/v2", UpgradeAp()["new/new"]}};
  ScoreReport report = TestReport();
  report.models = {"v2"};
  report.compatibility.reset();
  EXPECT_THAT(test::MessageOf([&] {
                Compare(Stored("a.json", UpgradeAp()), Stored("b.json", other, report), {});
              }),
              HasSubstr("no cell in common: new/new, new/old, old/old in the first, v2/v2 in"));
}

TEST_F(ComparisonTest, ASetThatOneResultLacksIsOneFact) {
  ScoreReport fewer = TestReport();
  std::erase_if(fewer.sets,
                [](const SetRecord& set) { return set.model == "new" && set.side == "gallery"; });
  const Comparison comparison =
      Compare(Stored("a.json", UpgradeAp()), Stored("b.json", UpgradeAp(), fewer), {});
  ASSERT_EQ(comparison.facts.size(), 1U);
  EXPECT_EQ(comparison.facts[0].name, "sets.new.gallery");
  EXPECT_EQ(comparison.facts[0].a, "present");
  EXPECT_EQ(comparison.facts[0].b, "");
}

TEST_F(ComparisonTest, JsonHasNoEmptyTests) {
  const Comparison comparison =
      Compare(Stored("a.json", UpgradeAp()), Stored("b.json", UpgradeAp()), {});
  const Json json = ComparisonJson({comparison}, {});
  EXPECT_EQ(json.at("kind"), "comparison");
  for (const Json& figure : json.at("pairs").at(0).at("figures")) {
    EXPECT_EQ(figure.contains("difference"), figure.contains("p_value")) << figure.dump();
  }
  DumpJson(json);  // throws where a number is not finite
}

}  // namespace
}  // namespace bcr
