#include "reports/score_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "tests/unit/core/catch_error.h"
#include "tests/unit/reports/test_report.h"

namespace bcr {
namespace {

using ::testing::HasSubstr;

TEST(ScoreReport, ReadsBackWhatItWrites) {
  ScoreReport report = TestReport();
  report.sets[1].junk = 3;
  report.sets[1].distractors = 4;
  const Json json = ScoreReportJson(report);
  EXPECT_EQ(json.at("sets").at(1).at("distractors"), 4);
  EXPECT_EQ(ScoreReportJson(ScoreReportFromJson(json, "run.json")), json);
  EXPECT_EQ(json.at("compatibility").at("values").at("relative_gain").at("value"), 0.35);
  EXPECT_FALSE(json.contains("backfill")) << "a block nobody asked for";
}

TEST(ScoreReport, RefusesUnknownKeysNewerSchemasAndContradictions) {
  const Json good = ScoreReportJson(TestReport());
  const auto spoilt = [&](const std::string& pointer, const Json& value) {
    Json json = good;
    json[Json::json_pointer(pointer)] = value;
    return json;
  };
  for (const Json& json :
       {spoilt("/extra", 1), spoilt("/schema_version", 2), spoilt("/kind", "leaderboard"),
        spoilt("/cells", Json::array()), spoilt("/cells/0/query_model", "absent"),
        spoilt("/sets/0/side", "left"), spoilt("/sets/0/rows", -1), spoilt("/matrix", 3),
        spoilt("/compatibility/reasons/relative_gain", "why"), spoilt("/models/1", "old"),
        spoilt("/cells/0/metrics/map_hits/value", 1.5), spoilt("/statistics/resamples", 0)}) {
    EXPECT_THROW(ScoreReportFromJson(json, "run.json"), Error) << json.dump().substr(0, 200);
  }
  EXPECT_THROW(ScoreReportFromJson(Json::array(), "run.json"), Error);
  Json newer = spoilt("/schema_version", 2);
  EXPECT_THAT(test::CatchError([&] { ScoreReportFromJson(newer, "run.json"); }).what(),
              HasSubstr("update this one"));
}

TEST(ScoreReport, NaNNeverReachesJson) {
  ScoreReport report = TestReport();
  report.compatibility->values["relative_gain"].value = std::nan("");
  EXPECT_THAT(test::CatchError([&] { ScoreReportJson(report); }).what(),
              HasSubstr("compatibility.values.relative_gain"));
}

TEST(ScoreReport, ComparableFormLeavesOutWhatRunsDifferIn) {
  ScoreReport a = TestReport(), b = TestReport();
  b.time_split["scoring"] = 7;
  b.peak_memory_mib = 99;
  b.provenance.host = Free({{"cores", 64}});
  b.provenance.created = "2027-01-01T00:00:00Z";
  b.provenance.command_line = "bcreid score --threads 9";
  EXPECT_EQ(ComparableScoreJson(a), ComparableScoreJson(b));
  b.statistics.seed = 2;
  EXPECT_NE(ComparableScoreJson(a), ComparableScoreJson(b));
}

}  // namespace
}  // namespace bcr
