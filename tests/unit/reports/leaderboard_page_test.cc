#include "reports/leaderboard_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "reports/markup.h"
#include "reports/table_cells.h"
#include "reports/training_curves.h"
#include "tests/unit/reports/test_record.h"
#include "tests/unit/reports/xml.h"

namespace bcr {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

const std::string kGolden = std::string(BCR_TEST_SOURCE_DIR) + "/golden/records";

std::vector<StoredRecord> GoldenRecords() {
  std::vector<StoredRecord> records = ReadRecords(kGolden);
  NameRelativeTo(kGolden, records);
  return records;
}

std::string Html(const std::vector<StoredRecord>& records) {
  return LeaderboardHtml(BuildLeaderboard(records), records);
}

std::vector<std::string> FileNames(const std::vector<StoredRecord>& records) {
  std::vector<std::string> names;
  for (const auto& picture : LeaderboardPictures(BuildLeaderboard(records), records)) {
    EXPECT_NO_THROW(ParseXml(picture.svg)) << picture.file;
    names.push_back(picture.file);
  }
  return names;
}

// Notes of a training of three epochs, and of two clusterings.
Json Notes(double loss) {
  return {{"last_epoch", {{"epoch", 3}, {"loss", loss / 4}}},
          {"epochs",
           {{{"epoch", 1}, {"figures", {{"loss", loss}, {"rate", 0.1}, {"name", "text"}}}},
            {{"epoch", 2}, {"figures", {{"loss", loss / 2}, {"rate", 0.1}}}},
            {{"epoch", 3}, {"figures", {{"loss", loss / 4}}}}}},
          {"clusters",
           {{{"epoch", 1}, {"clusters", 40}, {"outliers", 7}},
            {{"epoch", 2}, {"clusters", 44}, {"outliers", 3}}}}};
}

TEST(LeaderboardPage, PrintsWhatTheTableHas) {
  const auto records = GoldenRecords();
  const Leaderboard leaderboard = BuildLeaderboard(records);
  const std::string html = LeaderboardHtml(leaderboard, records);
  for (const LeaderboardTable& table : leaderboard.tables) {
    EXPECT_THAT(html, HasSubstr(XmlText(board::TitleLine(table))));
    EXPECT_THAT(html, HasSubstr(XmlText(board::ScoringLine(table))));
    for (const auto& row : board::BodyCells(table, {})) {
      for (const std::string& cell : row) EXPECT_THAT(html, HasSubstr(">" + XmlText(cell) + "</"));
    }
    for (const LeaderboardRow& row : table.apart)
      EXPECT_THAT(html, HasSubstr(XmlText(row.reason) + "</td>"));
  }
}

TEST(LeaderboardPage, EveryFigureColumnIsSortedByItsFullValue) {
  const std::string html = Html({TestStored("bct", 1, 0.61234), TestStored("l2", 1, 0.61233)});
  EXPECT_THAT(html, HasSubstr("data-value=\"0.61234\">61.2<"));
  EXPECT_THAT(html, HasSubstr("data-value=\"0.61233\">61.2<"));
}

TEST(LeaderboardPage, IsTheSameWhateverTheOrderOfRecords) {
  auto records = GoldenRecords();
  const std::string html = Html(records);
  std::reverse(records.begin(), records.end());
  EXPECT_EQ(Html(records), html);
  EXPECT_LT(html.size(), 500'000U);
}

TEST(LeaderboardPage, HostileNamesStayText) {
  StoredRecord stored = TestStored("bct", 1);
  const std::string hostile = "</table><script>alert(1)</script>";
  stored.record.method.name = stored.record.setting.name = hostile;
  stored.record.data["target"].reference = hostile;
  EXPECT_THAT(Html({stored}), Not(HasSubstr("alert(1)</script>")));
  stored.record.official = false;
  stored.record.unofficial_reasons = {hostile};
  EXPECT_THAT(Html({stored}), Not(HasSubstr("alert(1)</script>")));
  for (const std::string& name : FileNames({stored}))
    EXPECT_EQ(name.find_first_of("/<>"), std::string::npos) << name;
}

TEST(LeaderboardPictures, HaveStableNames) {
  EXPECT_THAT(FileNames({TestStored("bct", 1)}),
              ElementsAre("in-domain-data.quick.cells.svg", "in-domain-data.quick.gains.svg",
                          "in-domain-data.quick.new-self-and-cross.svg",
                          "in-domain-data.quick.rank-curves.svg"));
}

TEST(LeaderboardPictures, TablesThatShareANameGetNumbers) {
  StoredRecord other = TestStored("bct", 1);
  other.record.data["target"].hash = "ff23456789abcdef0123456789abcdef";
  other.file = "other.json";
  const auto names = FileNames({TestStored("bct", 1), other});
  EXPECT_THAT(names, Contains("in-domain-data.quick.gains.svg"));
  EXPECT_THAT(names, Contains("in-domain-data.quick.2.gains.svg"));
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size());
}

TEST(LeaderboardPictures, TrainingIsDrawnWhereRecordsHoldIt) {
  StoredRecord stored = TestStored("bct", 1);
  for (ModelRecord& model : stored.record.models) model.notes = Free(Notes(2));
  const auto names = FileNames({stored, TestStored("l2", 1)});
  EXPECT_THAT(names, Contains("in-domain-data.quick.training.loss.svg"));
  EXPECT_THAT(names, Contains("in-domain-data.quick.clusters.outliers.svg"));
  EXPECT_THAT(names, Not(Contains("in-domain-data.quick.training.name.svg")));
}

TEST(LeaderboardPictures, ASeedWithoutACurveLeavesItsMethodOut) {
  StoredRecord first = TestStored("bct", 1), second = TestStored("bct", 2);
  for (ModelRecord& model : first.record.models) model.notes = Free(Notes(2));
  EXPECT_THAT(FileNames({first, second}), Not(Contains(HasSubstr("training."))));
}

TEST(LeaderboardPage, ShowsTheLastEpochOfMethodsWhoseSeedsAllHaveIt) {
  StoredRecord first = TestStored("bct", 1), second = TestStored("bct", 2),
               other = TestStored("l2", 1);
  for (StoredRecord* stored : {&first, &second}) {
    for (ModelRecord& model : stored->record.models)
      model.notes = Free(Notes(stored == &first ? 2 : 4));
  }
  EXPECT_THAT(Html({first, second, other}), HasSubstr("data-value=\"0.75\">0.75<"));
  other = TestStored("bct", 3);
  EXPECT_THAT(Html({first, second, other}), Not(HasSubstr("last epoch")));
}

TEST(LeaderboardPage, StaysUnderFiveMegabytesWhateverNotesHold) {
  Json epochs = Json::array();
  for (int epoch = 1; epoch <= 100; ++epoch) {
    Json figures;
    for (int i = 0; i < 900; ++i) figures["figure-" + std::to_string(i)] = epoch * i;
    epochs.push_back({{"epoch", epoch}, {"figures", figures}});
  }
  StoredRecord stored = TestStored("bct", 1);
  for (ModelRecord& model : stored.record.models) model.notes = Free({{"epochs", epochs}});
  const std::string html = Html({stored});
  EXPECT_LT(html.size(), 5'000'000U);
  EXPECT_THAT(html, HasSubstr("The course of training is left out"));
  EXPECT_THAT(FileNames({stored}), SizeIs(904));
}

TEST(LeaderboardPictures, ATableWithoutRankedRowsHasNone) {
  StoredRecord stored = TestStored("bct", 1);
  stored.record.official = false;
  stored.record.unofficial_reasons = {"profile.epochs is locked"};
  EXPECT_THAT(FileNames({stored}), IsEmpty());
  EXPECT_THAT(Html({stored}), HasSubstr("No row is ranked."));
}

TEST(LeaderboardPage, AChainHasItsFiguresAndAllPairsOfModels) {
  StoredRecord stored = TestStored("bct", 1);
  MatrixFigures matrix;
  matrix.models = {"old", "new"};
  matrix.map_hits = {{0.5}, {0.6, 0.68}};
  matrix.values["am"] = {0.59, {}, {}, 100};
  stored.record.sections.matrix = matrix;
  EXPECT_THAT(Html({stored}), HasSubstr("<caption>Figures of the whole chain</caption>"));
  EXPECT_THAT(FileNames({stored}), Contains("in-domain-data.quick.matrix.bct.svg"));
  for (const auto& picture : LeaderboardPictures(BuildLeaderboard({stored}), {stored})) {
    if (picture.file != "in-domain-data.quick.matrix.bct.svg") continue;
    std::vector<std::string> texts;
    for (const XmlElement& text : Named(ParseXml(picture.svg), "text")) texts.push_back(text.text);
    for (const char* shown : {"50.0%", "60.0%", "55.0%", "68.0%"})
      EXPECT_THAT(texts, Contains(shown));
    EXPECT_THAT(texts, Not(Contains("paragon")));
  }
}

TEST(LeaderboardPage, AGroupHasItsMeansAndReasons) {
  Leaderboard leaderboard;
  GroupTable group;
  group.name = "lifelong";
  group.profile = {"quick", 1};
  group.settings = {"lifelong-1", "lifelong-2"};
  group.rows = {{"bct", 1, {{"free", 0.61, 0.72}}, ""}, {"l2", 1, {}, "not ranked in <1>"}};
  leaderboard.groups = {group};
  const std::string html = LeaderboardHtml(leaderboard, {});
  EXPECT_THAT(html, HasSubstr("Group lifelong, profile quick"));
  EXPECT_THAT(html, HasSubstr(">61.0</td>"));
  EXPECT_THAT(html, HasSubstr("l2: no mean: not ranked in &lt;1&gt;"));
}

TEST(LeaderboardPage, AnEmptyLeaderboardIsAPage) {
  EXPECT_THAT(LeaderboardHtml({}, {}), HasSubstr("</html>"));
}

TEST(TrainingCurves, AreReadByEpoch) {
  ModelRecord model;
  model.notes = Free(Notes(2));
  const EpochCurves figures = EpochFigures(model);
  ASSERT_THAT(figures, SizeIs(2));
  ASSERT_THAT(figures.at("loss"), SizeIs(3));
  EXPECT_EQ(figures.at("loss")[1].epoch, 2);
  EXPECT_EQ(figures.at("loss")[1].value, 1);
  EXPECT_THAT(figures.at("rate"), SizeIs(2));
  EXPECT_EQ(EpochClusters(model).at("clusters")[1].value, 44);
}

TEST(TrainingCurves, NotesOfAnotherFormAreLeftOut) {
  for (const char* text : {"{}", "[]", "3", R"({"epochs": 3, "clusters": {}})",
                           R"({"epochs": [3, {}, {"epoch": "1"}, {"epoch": 1, "figures": 2}]})",
                           R"({"clusters": [3, 5, 8]})"}) {
    ModelRecord model;
    model.notes = Free(ParseJson(text, "notes"));
    EXPECT_TRUE(EpochFigures(model).empty()) << text;
    EXPECT_TRUE(EpochClusters(model).empty()) << text;
  }
  EXPECT_TRUE(EpochFigures(ModelRecord()).empty());
}

TEST(TrainingCurves, AMeanIsOfTheEpochsThatAllSeedsHave) {
  const auto mean = MeanCurve({{{1, 2}, {2, 4}, {3, 6}}, {{1, 4}, {3, 8}}});
  ASSERT_EQ(mean.size(), 2U);
  EXPECT_EQ(mean[0].value, 3);
  EXPECT_EQ(mean[1].epoch, 3);
  EXPECT_EQ(mean[1].value, 7);
}

}  // namespace
}  // namespace bcr
