#include "harness/judge/score.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/core/json.h"

namespace bcr {
namespace {

const std::string kGolden = std::string(BCR_TEST_SOURCE_DIR) + "/golden/score/";

ModelPaths Paths(const std::string& key, const std::string& sets) {
  return {key,
          key + " query",
          key + " gallery",
          {kGolden + "sets/" + sets + "-query"},
          {kGolden + "sets/" + sets + "-gallery"}};
}

ScoreRequest Request() {
  ScoreRequest request;
  request.options.resamples = 100;
  return request;
}

// Every value of `golden` is there and the same; numbers that are no counts may differ by rounding,
// which the library of mathematics decides. New keys may stand beside the old ones.
void ExpectHolds(const Json& golden, const Json& found, const std::string& where) {
  ASSERT_EQ(golden.type_name(), std::string(found.type_name())) << where;
  if (golden.is_object()) {
    for (const auto& [key, value] : golden.items()) {
      // The name of a per-query file is the hash of its content: every new metric adds a column.
      if (key == "per_query") continue;
      ASSERT_TRUE(found.contains(key)) << where << "." << key;
      ExpectHolds(value, found.at(key), where + "." + key);
    }
  } else if (golden.is_array()) {
    ASSERT_EQ(golden.size(), found.size()) << where;
    for (size_t i = 0; i < golden.size(); ++i) {
      ExpectHolds(golden[i], found[i], fmt::format("{}[{}]", where, i));
    }
  } else if (golden.is_number_float()) {
    EXPECT_NEAR(golden.get<double>(), found.get<double>(), 1e-13) << where;
  } else {
    EXPECT_EQ(golden, found) << where;
  }
}

// Reports that the program wrote before its results were typed.
TEST(ScoreSets, AnUpgradeGivesTheReportItAlwaysGave) {
  ScoreRequest request = Request();
  request.models = {Paths("old", "old"), Paths("new", "new"), Paths("paragon", "paragon")};
  request.asked = {.pairs = true, .backfill = true, .slices = true, .search = ""};
  const ScoreOutcome outcome = ScoreSets(request);
  ExpectHolds(ReadJsonFile(kGolden + "upgrade.json"), ScoreReportJson(outcome.report), "upgrade");
  ASSERT_EQ(outcome.queries.size(), 5U);
  EXPECT_EQ(outcome.queries[2].file, outcome.report.cells[2].per_query->file);
}

TEST(ScoreSets, AChainGivesTheReportItAlwaysGave) {
  ScoreRequest request = Request();
  request.chain = true;
  request.models = {Paths("v1", "old"), Paths("v2", "new"), Paths("v3", "paragon")};
  const ScoreOutcome outcome = ScoreSets(request);
  ExpectHolds(ReadJsonFile(kGolden + "chain.json"), ScoreReportJson(outcome.report), "chain");
  EXPECT_FALSE(outcome.report.compatibility);
}

TEST(ScoreSets, OneModelHasACellAndNoVerdict) {
  ScoreRequest request = Request();
  request.models = {Paths("model", "old")};
  request.options.scoring.policy = Policy::kNone;
  const ScoreReport report = ScoreSets(request).report;
  ASSERT_EQ(report.cells.size(), 1U);
  EXPECT_FALSE(report.compatibility);
  EXPECT_EQ(report.scoring.policy, "none");
  EXPECT_EQ(report.scoring.feature_side, "given");
  EXPECT_EQ(report.sets.size(), 2U);
}

}  // namespace
}  // namespace bcr
