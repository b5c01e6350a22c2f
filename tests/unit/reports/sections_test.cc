#include "reports/sections.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "reports/result.h"
#include "reports/run_record.h"
#include "reports/score_report.h"
#include "tests/unit/core/catch_error.h"
#include "tests/unit/reports/test_record.h"
#include "tests/unit/reports/test_report.h"

namespace bcr {
namespace {

using ::testing::HasSubstr;

// Every optional field once with and once without a value.
Sections AllSections() {
  Sections sections;
  sections.pair_criterion = PairFigures{{3, 2, 1, 0.25, 2.0 / 3}, {0, 0, 0, 0, {}}, 0.1};
  sections.matrix = MatrixFigures{{"old", "new"},
                                  {{0.5}, {std::nullopt, 0.75}},
                                  {{"am", {0.6, 0.5, 0.7, 9}}, {"fc", {-0.1, {}, {}, 9}}},
                                  {{"ac", "a cell was not measured"}}};
  BackfillCurves::Curve curve{
      "random",
      5,
      {{0, 0, 0.5, 0, 0.25, 1, 1, {}}, {1, 59, 0.75, 0.01, 0.5, 0, 0, 0.125}},
      {0.6, 0.5, 0.7, ""},
      0.5,
      0,
      1,
      0.125,
      0.875};
  sections.backfill =
      BackfillCurves{{curve}, 64, 96, {7, 0.5, 0.1}, {8, -0.5, 0.2}, {}, {9, 0.25, 0}};
  const SliceTable::Slice some{4, 3, 2, {0.5, 0.25, 0.75, ""}, {0.5, {}, {}, ""}};
  const SliceTable::Slice none{4, 0, 0, {{}, {}, {}, "no query has a match"}, {{}, {}, {}, "none"}};
  sections.slices = SliceTable{{{"new", "old", {{"7", some}}, {{"c1", "c2", 30, none}}}}};
  sections.search =
      SearchFigures{"IVF4,Flat",
                    100,
                    {{"new",
                      "old",
                      1,
                      0.9,
                      0.8,
                      {0.5, 0.6, 0.7, 0.8},
                      {0.4, 0.5, 0.6, 0.7},
                      {0.3, 0.4, 0.5, 0.6}}},
                    SearchFigures::Upgrade{
                        {0.1, 0.05, 0.2, "yes"}, {0, 0, 0, "undecided"}, {-0.1, -0.2, 0, "no"}}};
  sections.thresholds =
      ThresholdFigures{{{"new",
                         "old",
                         40,
                         9000,
                         0.125,
                         0.25,
                         {{0.01, {0.5, 0.0099, 0.25}}},
                         {{0.1, {0.375, 0.09, 0.5}}},
                         {{-1, 0, 1}, {10, 30}, {8000, 1000}}}},
                       {{0.01, {0.5, 0.01, 0.5}, {0.5, 0.02, 0.25}, {0.6, 0.01, 0.3}}},
                       {{0.1, {0.4, 0.1, 0.5}, {0.4, 0.2, 0.6}, {0.5, 0.1, 0.55}}}};
  EpisodeFigures::Kind kind{
      .way = 5, .shot = 1, .queries = 15, .mean_queries = 3.5, .identities = 40};
  kind.left_out = {"0007"};
  kind.cells = {{"old", "old", {{0.5, 0.4, 0.6, 1000}, 0.01}},
                {"new", "old", {{0.75, {}, {}, 1000}, 0}}};
  kind.differences = {{"new", "old", "old", "old", {{0.25, 0.1, 0.3, 1000, 0.001, true}, 0.02}}};
  sections.episodes = EpisodeFigures{{kind, kind, kind}};
  sections.episodes->kinds[1].share_of_new = -0.5;
  sections.episodes->kinds[2].share_of_new_reason = "it is not clear that new/new gains";
  const CandidateFigures::Sets own{0.5, 2, 1, 4, 0.25, {0.5, 0.25, 0.75, 30}, 0.375};
  const CandidateFigures::Sets carried{0.25, 8.5, 8, 12, 0, {1, {}, {}, 30}, 0.875};
  sections.candidates = CandidateFigures{
      {{"old", "old"}},
      {{"old", "old", 30, 12, {{2, own, {}}}}, {"new", "old", 30, 12, {{2, own, carried}}}}};
  return sections;
}

// One JSON for both kinds of results, and back.
TEST(Sections, BothKindsOfResultsHoldThem) {
  ScoreReport report = TestReport();
  RunRecord record = TestRecord("bct", 1);
  report.sections = record.sections = AllSections();
  const Json json = ScoreReportJson(report), run = RecordJson(record);
  EXPECT_EQ(ScoreReportJson(ScoreReportFromJson(json, "score.json")), json);
  EXPECT_EQ(RecordJson(RecordFromJson(run, "run.json")), run);
  for (const char* key : {"pair_criterion", "matrix", "backfill", "slices", "search", "thresholds",
                          "episodes", "candidates"}) {
    EXPECT_EQ(run.at(key), json.at(key)) << key;
  }
  EXPECT_EQ(ResultFromJson(run, "run.json").figures.at("matrix.am").value, 0.6);
  EXPECT_EQ(ResultFromJson(json, "score.json").figures.at("matrix.fc").value, -0.1);
}

TEST(Sections, AreNoConditionsOfAResult) {
  RunRecord record = TestRecord("bct", 1);
  const auto plain = ResultFromJson(RecordJson(record), "run.json").facts.size();
  record.sections = AllSections();
  EXPECT_EQ(ResultFromJson(RecordJson(record), "run.json").facts.size(), plain);
}

TEST(Sections, KeysAreThoseOfTheFormat) {
  ScoreReport report = TestReport();
  report.sections = AllSections();
  const Json json = ScoreReportJson(report);
  EXPECT_EQ(json["pair_criterion"]["same"]["share"], 2.0 / 3);
  EXPECT_FALSE(json["pair_criterion"]["different"].contains("share"));
  EXPECT_EQ(json["matrix"]["map_hits"][1][0], Json::object());
  EXPECT_EQ(json["matrix"]["reasons"]["ac"], "a cell was not measured");
  EXPECT_EQ(json["backfill"]["curves"][0]["points"][1]["nfr1"], 0.125);
  EXPECT_EQ(json["backfill"]["populations"]["old_others"]["mean"], -0.5);
  EXPECT_EQ(json["slices"]["cells"][0]["camera_pairs"][0]["map_hits"]["reason"],
            "no query has a match");
  EXPECT_EQ(json["search"]["compatibility"]["exact"]["gain"]["low"], 0.05);
  EXPECT_EQ(json["thresholds"]["cells"][0]["pairs"][0]["far"], 0.0099);
  EXPECT_EQ(json["thresholds"]["pair_transfers"][0]["kept"]["threshold"], 0.6);
  EXPECT_EQ(json["thresholds"]["search_transfers"][0]["after"]["dir"], 0.6);
  const Json& kind = json["episodes"]["kinds"][0];
  EXPECT_EQ(kind["left_out"][0], "0007");
  EXPECT_EQ(kind["cells"][0]["accuracy"]["half_width"], 0.01);
  EXPECT_EQ(kind["differences"][0]["from_gallery_model"], "old");
  EXPECT_EQ(kind["differences"][0]["difference"]["p_value"], 0.001);
  EXPECT_FALSE(kind.contains("share_of_new"));
  EXPECT_EQ(json["episodes"]["kinds"][1]["share_of_new"]["value"], -0.5);
  EXPECT_TRUE(json["episodes"]["kinds"][2]["share_of_new"].contains("reason"));
  EXPECT_EQ(json["candidates"]["calibrated_on"]["query_model"], "old");
  EXPECT_FALSE(json["candidates"]["cells"][0]["points"][0].contains("carried"));
  EXPECT_EQ(json["candidates"]["cells"][1]["points"][0]["carried"]["ninety_five"], 12);
  EXPECT_EQ(json["candidates"]["cells"][1]["points"][0]["own"]["hit_rate"]["n"], 30);
  report.sections = {};
  const Json plain = ScoreReportJson(report);
  for (const char* key : {"pair_criterion", "episodes", "candidates"})
    EXPECT_FALSE(plain.contains(key)) << key;
}

TEST(Sections, UnknownKeysAndWrongValuesAreRefusedByName) {
  ScoreReport report = TestReport();
  report.sections = AllSections();
  const Json good = ScoreReportJson(report);
  const auto refusal = [&](const std::string& pointer, const Json& value) {
    Json json = good;
    json[Json::json_pointer(pointer)] = value;
    return test::MessageOf([&] { ScoreReportFromJson(json, "s.json"); });
  };
  EXPECT_THAT(refusal("/matrix/extra", 1), HasSubstr("matrix"));
  EXPECT_THAT(refusal("/backfill/curves/0/points/1/map_hits", 1.5), HasSubstr("points[1]"));
  EXPECT_THAT(refusal("/slices/cells/0/identities/0/cmc1", 3), HasSubstr("cmc1"));
  EXPECT_THAT(refusal("/search/cells/0/exact/cmc5", "x"), HasSubstr("exact"));
  EXPECT_THAT(refusal("/pair_criterion/same/worst", -1), HasSubstr("same"));
  EXPECT_THAT(refusal("/thresholds/cells/0/pairs/0/far", 1.5), HasSubstr("cells[0].pairs[0]"));
  EXPECT_THAT(refusal("/thresholds/pair_transfers/0/kept/extra", 1), HasSubstr("kept"));
  EXPECT_THAT(refusal("/thresholds/cells/0/histogram/edges", Json::array({1})),
              HasSubstr("two or more"));
  EXPECT_THAT(refusal("/thresholds/cells/0/histogram/genuine/0", -1), HasSubstr("a count"));
  EXPECT_THAT(refusal("/thresholds/cells/0/histogram/impostors", Json::array({1})),
              HasSubstr("one less than `edges`"));
  EXPECT_THAT(refusal("/search/compatibility/exact/verdict", "maybe"), HasSubstr("verdict"));
  EXPECT_THAT(refusal("/episodes/kinds/1/cells/0/accuracy/value", 1.5),
              HasSubstr("kinds[1].cells[0].accuracy"));
  EXPECT_THAT(refusal("/episodes/kinds/0/cells/0/accuracy/half_width", -1),
              HasSubstr("half_width"));
  EXPECT_THAT(refusal("/episodes/kinds/0/cells/0/accuracy/extra", 1), HasSubstr("extra"));
  EXPECT_THAT(refusal("/episodes/kinds/0/differences/0/from_model", "old"),
              HasSubstr("from_model"));
  EXPECT_THAT(refusal("/episodes/kinds/2/share_of_new/reason", ""), HasSubstr("an empty reason"));
  EXPECT_THAT(refusal("/candidates/cells/1/points/0/own/empty", 1.5),
              HasSubstr("cells[1].points[0].own"));
  EXPECT_THAT(refusal("/candidates/cells/1/points/0/own/median", 1.5), HasSubstr("median"));
  EXPECT_THAT(refusal("/candidates/calibrated_on/model", "old"), HasSubstr("calibrated_on"));
}

TEST(Sections, ContradictionsAreRefused) {
  const auto refusal = [](const std::function<void(Sections&)>& change) {
    ScoreReport report = TestReport();
    report.sections = AllSections();
    change(report.sections);
    return test::MessageOf([&] { ScoreReportJson(report); });
  };
  EXPECT_THAT(refusal([](Sections& s) { s.matrix->models[1] = "nwe"; }), HasSubstr("`nwe`"));
  EXPECT_THAT(refusal([](Sections& s) { s.matrix->map_hits.pop_back(); }), HasSubstr("1 rows"));
  EXPECT_THAT(refusal([](Sections& s) { s.matrix->map_hits[1].pop_back(); }),
              HasSubstr("map_hits[1]"));
  EXPECT_THAT(refusal([](Sections& s) { s.matrix->reasons["am"] = "x"; }), HasSubstr("am"));
  EXPECT_THAT(refusal([](Sections& s) { s.pair_criterion->same.satisfied = 4; }),
              HasSubstr("4 of 3"));
  EXPECT_THAT(refusal([](Sections& s) { s.slices->cells[0].query_model = "nobody"; }),
              HasSubstr("`nobody`"));
  const auto kind = [](Sections& s) -> EpisodeFigures::Kind& { return s.episodes->kinds[0]; };
  EXPECT_THAT(refusal([&](Sections& s) { kind(s).way = 41; }), HasSubstr("no more ways"));
  EXPECT_THAT(refusal([&](Sections& s) { kind(s).cells[1].gallery_model = "nobody"; }),
              HasSubstr("`nobody`"));
  EXPECT_THAT(refusal([&](Sections& s) { kind(s).cells[0].accuracy.value.high.reset(); }),
              HasSubstr("half an interval"));
  EXPECT_THAT(refusal([&](Sections& s) { kind(s).differences[0].from_query_model = "nobody"; }),
              HasSubstr("`nobody`"));
  const auto point = [](Sections& s) -> CandidateFigures::Point& {
    return s.candidates->cells[1].points[0];
  };
  EXPECT_THAT(refusal([&](Sections& s) { point(s).own.median = 5; }), HasSubstr("cells[1].own"));
  EXPECT_THAT(refusal([&](Sections& s) { point(s).carried->ninety_five = 13; }),
              HasSubstr("the 12 there are"));
  EXPECT_THAT(refusal([](Sections& s) { s.candidates->calibrated_on.reset(); }),
              HasSubstr("no `calibrated_on`"));
  EXPECT_THAT(refusal([](Sections& s) { s.candidates->calibrated_on->gallery_model = "x"; }),
              HasSubstr("`x`"));
  EXPECT_THAT(refusal([](Sections& s) { s.candidates->cells[1].points.clear(); }),
              HasSubstr("0 points"));
}

}  // namespace
}  // namespace bcr
