#include "reports/leaderboard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "reports/markdown.h"
#include "reports/terminal_table.h"
#include "tests/unit/reports/test_record.h"

namespace bcr {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::vector<std::string> Methods(const std::vector<LeaderboardRow>& rows) {
  std::vector<std::string> methods;
  for (const LeaderboardRow& row : rows) methods.push_back(row.method);
  return methods;
}

LeaderboardTable OneTable(std::vector<StoredRecord> records) {
  const Leaderboard leaderboard = BuildLeaderboard(std::move(records));
  EXPECT_EQ(leaderboard.tables.size(), 1U);
  return leaderboard.tables.front();
}

TEST(Leaderboard, MeanAndSampleDeviationOverSeeds) {
  const LeaderboardTable table = OneTable({TestStored("bct", 1, 0.60), TestStored("bct", 2, 0.66)});
  ASSERT_EQ(table.rows.size(), 1U);
  const LeaderboardRow& row = table.rows[0];
  EXPECT_THAT(row.seeds, ElementsAre(1, 2));
  EXPECT_NEAR(row.cross->mean, 0.63, 1e-12);
  EXPECT_NEAR(*row.cross->deviation, 0.06 / std::sqrt(2.0), 1e-12);
  // The seeds' intervals are +-0.01; the deviation, 0.0424, is wider and bounds the fold.
  EXPECT_NEAR(*row.cross->low, 0.63 - 0.06 / std::sqrt(2.0), 1e-12);
  EXPECT_NEAR(row.gain->mean, 0.13, 1e-12);
  EXPECT_NEAR(row.update_gain->mean, 0.65, 1e-12);
}

TEST(Leaderboard, OneSeedHasNoDeviationAndItsOwnInterval) {
  const LeaderboardTable table = OneTable({TestStored("bct", 1, 0.60)});
  EXPECT_FALSE(table.rows[0].cross->deviation.has_value());
  EXPECT_DOUBLE_EQ(*table.rows[0].cross->low, 0.59);
  EXPECT_DOUBLE_EQ(*table.rows[0].cross->high, 0.61);
}

StoredRecord InGroup(const std::string& method, int k, double cross) {
  StoredRecord stored = TestStored(method, 1, cross);
  RunRecord& record = stored.record;
  record.setting.name = "lifelong-" + std::to_string(k);
  record.data["first"] = record.data.at("target");
  record.data.erase("target");
  record.configuration = Free(
      {{"setting",
        {{"group",
          {{"name", "lifelong"}, {"figures", {{"free", "new", "old"}, {"own", "new", "new"}}}}}}}});
  for (ModelRecord& model : record.models) {  // each setting's old model begins elsewhere
    if (model.key == "old") model.init = "step-" + std::to_string(k);
  }
  stored.file = method + stored.record.setting.name;
  return stored;
}

TEST(Leaderboard, AGroupOfSettingsHasMeans) {
  const Leaderboard board =
      BuildLeaderboard({InGroup("bct", 1, 0.5), InGroup("bct", 2, 0.7), InGroup("l2", 1, 0.9),
                        InGroup("rkd", 1, 0.4), InGroup("rkd", 2, 0.9)});
  EXPECT_EQ(board.tables.size(), 2U);
  ASSERT_EQ(board.groups.size(), 1U);
  const GroupTable& group = board.groups.front();
  EXPECT_EQ(group.name, "lifelong");
  EXPECT_THAT(group.settings, ElementsAre("lifelong-1", "lifelong-2"));
  ASSERT_EQ(group.rows.size(), 3U);
  EXPECT_EQ(group.rows[0].method, "rkd");
  EXPECT_EQ(group.rows[1].method, "bct");
  ASSERT_EQ(group.rows[1].figures.size(), 2U);
  EXPECT_EQ(group.rows[1].figures[0].name, "free");
  EXPECT_NEAR(group.rows[1].figures[0].map, 0.6, 1e-12);
  EXPECT_NEAR(group.rows[1].figures[0].rank1, 0.75, 1e-12);
  EXPECT_EQ(group.rows[2].method, "l2");
  EXPECT_THAT(group.rows[2].figures, IsEmpty());
  const std::string text = TerminalTable(board, {});
  EXPECT_THAT(text, HasSubstr("means over lifelong-1, lifelong-2"));
  EXPECT_THAT(text, HasSubstr("l2: no mean: not ranked in lifelong-2"));
  EXPECT_THAT(MarkdownTable(board), HasSubstr("| bct | 60.0 | 75.0 |"));
  EXPECT_EQ(LeaderboardJson(board)["groups"][0]["rows"][1]["figures"]["free"]["map"], 0.6);
}

TEST(Leaderboard, AGroupOfRowsThatAreNotRankedIsNoTable) {
  StoredRecord stored = InGroup("bct", 1, 0.5);
  stored.record.official = false;
  stored.record.unofficial_reasons = {"a trial"};
  EXPECT_THAT(BuildLeaderboard({stored}).groups, IsEmpty());
}

TEST(Leaderboard, AGroupWithOtherSeedsOrWithoutACellHasNoMean) {
  StoredRecord second = InGroup("bct", 1, 0.5);
  second.record.seed = 2;
  second.file += "-2";
  StoredRecord lacks = InGroup("l2", 2, 0.5);
  CellOf(lacks.record, "new", "new").metrics.erase("cmc1");
  const Leaderboard board = BuildLeaderboard(
      {InGroup("bct", 1, 0.5), second, InGroup("bct", 2, 0.5), InGroup("l2", 1, 0.5), lacks});
  ASSERT_EQ(board.groups.size(), 1U);
  ASSERT_EQ(board.groups[0].rows.size(), 2U);
  EXPECT_EQ(board.groups[0].rows[0].reason, "lifelong-2 has other seeds than lifelong-1");
  EXPECT_EQ(board.groups[0].rows[1].reason, "lifelong-2 lacks the figure `own`");
}

// Roles of other names than target and source tell tables apart as these do.
TEST(Leaderboard, OtherDataInAFurtherRoleIsAnotherTable) {
  StoredRecord other = InGroup("l2", 1, 0.5);
  other.record.data.at("first").hash[0] = 'f';
  const Leaderboard board = BuildLeaderboard({InGroup("bct", 1, 0.5), other});
  EXPECT_EQ(board.tables.size(), 2U);
  EXPECT_EQ(board.groups.size(), 2U);
}

// A configuration that holds nonsense where a group would be gives no figures.
TEST(Leaderboard, DamagedGroupsAreNone) {
  const std::vector<std::pair<Json, size_t>> cases = {
      {3, 0},
      {{{"name", 7}}, 0},
      {{{"name", "x"}, {"figures", 1}}, 1},
      {{{"name", "x"}, {"figures", {1, {"a", "b"}}}}, 1}};
  for (const auto& [group, groups] : cases) {
    StoredRecord stored = TestStored("bct", 1, 0.6);
    stored.record.configuration = Free({{"setting", {{"group", group}}}});
    const Leaderboard board = BuildLeaderboard({stored});
    EXPECT_EQ(board.tables.size(), 1U);
    ASSERT_EQ(board.groups.size(), groups) << group;
    if (groups == 1) {
      EXPECT_THAT(board.groups[0].rows.at(0).figures, IsEmpty());
    }
  }
}

// A chain names its models otherwise, and has figures of its own.
TEST(Leaderboard, AChainIsRankedByItsOwnNamesAndShowsItsMatrix) {
  std::vector<StoredRecord> records;
  for (const int64_t seed : {1, 2}) {
    StoredRecord stored = TestStored("bct", seed, 0.60);
    RunRecord& record = stored.record;
    record.upgrade = {"v1", "v2", ""};
    for (ModelRecord& model : record.models) {
      if (model.key == "old") model.key = "v1";
      if (model.key == "new") model.key = "v2";
    }
    for (CellRecord& cell : record.cells) {
      for (std::string* key : {&cell.query_model, &cell.gallery_model}) {
        if (*key == "old") *key = "v1";
        if (*key == "new") *key = "v2";
      }
    }
    MatrixFigures matrix;
    matrix.models = {"v1", "v2"};
    matrix.map_hits = {{0.5}, {0.6, 0.68}};
    matrix.values["am"] = {0.5 + 0.1 * static_cast<double>(seed), {}, {}, 100};
    matrix.reasons["bc"] = "a test";
    record.sections.matrix = matrix;
    records.push_back(RecordFromJson(RecordJson(record), "test").upgrade.old_model == "v1"
                          ? stored
                          : StoredRecord{});
  }
  const LeaderboardTable table = OneTable(records);
  ASSERT_EQ(table.rows.size(), 1U);
  EXPECT_NEAR(table.rows[0].cross->mean, 0.60, 1e-12);
  EXPECT_NEAR(table.rows[0].matrix.at("matrix.am").mean, 0.65, 1e-12);
  EXPECT_EQ(table.rows[0].matrix.count("matrix.bc"), 0U);
  const Json json = LeaderboardJson(BuildLeaderboard(records));
  EXPECT_NEAR(json["tables"][0]["rows"][0]["matrix"]["matrix.am"]["mean"].get<double>(), 0.65,
              1e-12);
  EXPECT_THAT(TerminalTable(BuildLeaderboard(records), {}), HasSubstr("\nchain"));
  EXPECT_THAT(MarkdownTable(BuildLeaderboard(records)), HasSubstr("| chain |"));
}

TEST(Leaderboard, RanksByCrossAndNeverCallsATieAWin) {
  const LeaderboardTable table =
      OneTable({TestStored("a", 1, 0.60), TestStored("b", 1, 0.615), TestStored("c", 1, 0.55)});
  EXPECT_THAT(Methods(table.rows), ElementsAre("b", "a", "c"));
  EXPECT_TRUE(table.rows[0].tied_with_leader);
  EXPECT_TRUE(table.rows[1].tied_with_leader);
  EXPECT_FALSE(table.rows[2].tied_with_leader);
  const LeaderboardTable clear = OneTable({TestStored("a", 1, 0.60), TestStored("b", 1, 0.65)});
  EXPECT_FALSE(clear.rows[0].tied_with_leader);
}

TEST(Leaderboard, EqualMeansShareARankInOrderOfName) {
  const LeaderboardTable table =
      OneTable({TestStored("b", 1, 0.60), TestStored("a", 1, 0.60), TestStored("c", 1, 0.55)});
  EXPECT_THAT(Methods(table.rows), ElementsAre("a", "b", "c"));
  EXPECT_EQ(table.rows[0].rank, 1);
  EXPECT_EQ(table.rows[1].rank, 1);
  EXPECT_EQ(table.rows[2].rank, 3);
}

TEST(Leaderboard, WithoutAnIntervalNothingIsAWin) {
  StoredRecord bare = TestStored("a", 1, 0.9);
  CellOf(bare.record, "new", "old").metrics["map_hits"] = {0.9, std::nullopt, std::nullopt, 100};
  const LeaderboardTable table = OneTable({bare, TestStored("b", 1, 0.6)});
  EXPECT_TRUE(table.rows[0].tied_with_leader);
  EXPECT_TRUE(table.rows[1].tied_with_leader);
}

TEST(Leaderboard, VerdictNeedsAllSeedsAndTheFoldedInterval) {
  EXPECT_EQ(OneTable({TestStored("a", 1, 0.6), TestStored("a", 2, 0.61)}).rows[0].verdict, "yes");
  EXPECT_EQ(OneTable({TestStored("a", 1, 0.6), TestStored("a", 2, 0.51)}).rows[0].verdict,
            "undecided");
  EXPECT_EQ(OneTable({TestStored("a", 1, 0.3), TestStored("a", 2, 0.31)}).rows[0].verdict, "no");
  // Both seeds say yes, but their gains, 0.03 and 0.20, spread by more than their mean.
  EXPECT_EQ(OneTable({TestStored("a", 1, 0.53), TestStored("a", 2, 0.70)}).rows[0].verdict,
            "undecided");
}

TEST(Leaderboard, UnofficialFailedAndPartialRecordsAreListedApart) {
  StoredRecord unofficial = TestStored("a", 2), failed = TestStored("b", 1),
               partial = TestStored("c", 1);
  unofficial.record.official = false;
  unofficial.record.unofficial_reasons = {"one", "two"};
  failed.record.status = "failed";
  failed.record.error = "training: broken";
  failed.record.cells.resize(1);
  failed.record.compatibility.reset();
  partial.record.status = "partial";
  partial.record.error = "1 of 5 cells failed";
  CellRecord& reverse = CellOf(partial.record, "old", "new");
  reverse = {"old", "new", "failed", "broken"};
  const LeaderboardTable table = OneTable({TestStored("a", 1), unofficial, failed, partial});
  EXPECT_THAT(Methods(table.rows), ElementsAre("a"));
  EXPECT_THAT(table.rows[0].seeds, ElementsAre(1));
  ASSERT_THAT(Methods(table.apart), ElementsAre("a", "b", "c"));
  EXPECT_EQ(table.apart[0].reason, "unofficial: one; two");
  EXPECT_EQ(table.apart[1].reason, "failed: training: broken");
  EXPECT_TRUE(table.apart[1].old_self.has_value());
  EXPECT_FALSE(table.apart[1].cross.has_value());
  EXPECT_EQ(table.apart[1].verdict, "");
  EXPECT_FALSE(table.apart[2].reverse.has_value());
  EXPECT_TRUE(table.apart[2].cross.has_value());
}

TEST(Leaderboard, RevisionsAreNeverMixed) {
  StoredRecord setting = TestStored("a", 2), method = TestStored("b", 1),
               metrics = TestStored("c", 1);
  setting.record.setting.revision = 2;
  metrics.record.setting.revision = 2;
  metrics.record.scoring.revision = 2;
  method.record.setting.revision = 2;
  method.record.scoring.revision = 2;
  method.record.method.revision = 2;
  StoredRecord older_method = method;
  older_method.file = "z";
  older_method.record.seed = 5;
  older_method.record.method.revision = 1;
  const LeaderboardTable table =
      OneTable({TestStored("a", 1), setting, method, metrics, older_method});
  EXPECT_EQ(table.setting.revision, 2);
  EXPECT_THAT(Methods(table.rows), ElementsAre("b", "c"));
  ASSERT_EQ(table.apart.size(), 3U);
  EXPECT_EQ(table.apart[0].reason, "setting revision 1, this table has revision 2");
  EXPECT_EQ(table.apart[1].reason, "metrics revision 1, this table has revision 2");
  EXPECT_EQ(table.apart[2].reason, "method revision 1, this table has revision 2");
}

TEST(Leaderboard, ASeedCountsOnce) {
  StoredRecord again = TestStored("a", 1, 0.9);
  again.file = "z/" + again.file;
  const LeaderboardTable table = OneTable({again, TestStored("a", 1, 0.6)});
  EXPECT_DOUBLE_EQ(table.rows[0].cross->mean, 0.6);
  ASSERT_EQ(table.apart.size(), 1U);
  EXPECT_THAT(table.apart[0].reason, HasSubstr("seed 1 is there already"));
}

TEST(Leaderboard, OtherDataOrScoringIsAnotherTable) {
  StoredRecord data = TestStored("a", 1), scoring = TestStored("b", 1),
               profile = TestStored("c", 1);
  data.record.data["target"].hash = "ff";
  scoring.record.scoring.widths = "truncate";
  profile.record.profile.name = "paper";
  const Leaderboard leaderboard = BuildLeaderboard({TestStored("d", 1), data, scoring, profile});
  EXPECT_EQ(leaderboard.tables.size(), 4U);
  for (const LeaderboardTable& table : leaderboard.tables) EXPECT_EQ(table.rows.size(), 1U);
}

TEST(Leaderboard, AParagonThatIsNoBetterLeavesAGapForTheUpdateGain) {
  StoredRecord stored = TestStored("a", 1), other = TestStored("a", 2);
  stored.record.compatibility->update_gain.reset();
  stored.record.compatibility->update_gain_reason = "the paragon is not better";
  const LeaderboardTable table = OneTable({stored, other});
  EXPECT_FALSE(table.rows[0].update_gain.has_value()) << "a mean over a missing seed is a gap";
  EXPECT_TRUE(table.rows[0].gain.has_value());
}

TEST(Leaderboard, Rank1IsThatOfTheUpgradesOwnCells) {
  std::vector<StoredRecord> records = {TestStored("a", 1), TestStored("a", 2)};
  for (StoredRecord& stored : records) {
    const double seed = static_cast<double>(stored.record.seed);
    CellOf(stored.record, "old", "old").metrics["cmc1"] = {0.1 * seed, {}, {}, 100};
    CellOf(stored.record, "new", "new").metrics["cmc1"] = {0.2 * seed, {}, {}, 100};
    CellOf(stored.record, "new", "old").metrics["cmc1"] = {0.3 * seed, {}, {}, 100};
  }
  const LeaderboardRow row = OneTable(records).rows[0];
  EXPECT_NEAR(row.old_rank1->mean, 0.15, 1e-12);
  EXPECT_NEAR(row.new_rank1->mean, 0.30, 1e-12);
  EXPECT_NEAR(row.cross_rank1->mean, 0.45, 1e-12);
  EXPECT_NEAR(*row.cross_rank1->deviation, 0.3 / std::sqrt(2.0), 1e-12);
  const Json json = LeaderboardJson(BuildLeaderboard(records))["tables"][0]["rows"][0];
  EXPECT_NEAR(json["cross_rank1"]["mean"].get<double>(), 0.45, 1e-12);
  EXPECT_EQ(json["old_rank1"]["n"], 2);
  CellOf(records[1].record, "new", "old").metrics.erase("cmc1");
  EXPECT_FALSE(OneTable(records).rows[0].cross_rank1.has_value()) << "a seed lacks it";
}

// The only row of records like TestStored, whose paragon's gain and self-test are these.
LeaderboardRow WithParagon(const std::vector<std::optional<MetricValue>>& gains,
                           const MetricValue& self) {
  std::vector<StoredRecord> records;
  for (size_t i = 0; i < gains.size(); ++i) {
    records.push_back(TestStored("a", static_cast<int64_t>(i) + 1));
    RunRecord& record = records.back().record;
    CellOf(record, "paragon", "paragon").metrics["map_hits"] = self;
    if (gains[i]) record.compatibility->values["paragon_gain"] = *gains[i];
  }
  return OneTable(records).rows[0];
}

TEST(Leaderboard, AnUpdateGainIsClearWhereWhatItDividesByIs) {
  const MetricValue apart = {0.7, 0.69, 0.71, 100}, close = {0.52, 0.51, 0.53, 100},
                    overlapping = {0.52, 0.505, 0.535, 100}, bare = {0.7, {}, {}, 100};
  // By the paired difference, whatever the two cells say: old self is 0.5 in [0.49, 0.51].
  EXPECT_TRUE(WithParagon({MetricValue{0.02, 0.001, 0.04, 100}}, overlapping).update_gain_clear);
  EXPECT_FALSE(WithParagon({MetricValue{0.2, 0.0, 0.4, 100}}, apart).update_gain_clear);
  EXPECT_FALSE(WithParagon({MetricValue{0.2, {}, {}, 100}}, apart).update_gain_clear);
  // By the two cells where records do not have it.
  EXPECT_TRUE(WithParagon({std::nullopt}, apart).update_gain_clear);
  EXPECT_FALSE(WithParagon({std::nullopt}, close).update_gain_clear) << "they touch";
  EXPECT_FALSE(WithParagon({std::nullopt}, overlapping).update_gain_clear);
  EXPECT_FALSE(WithParagon({std::nullopt}, bare).update_gain_clear);
  // Seeds that disagree widen the interval; one that lacks the figure takes it from all of them.
  EXPECT_FALSE(
      WithParagon({MetricValue{0.01, 0.005, 0.015, 100}, MetricValue{0.2, 0.1, 0.3, 100}}, apart)
          .update_gain_clear);
  EXPECT_TRUE(
      WithParagon({MetricValue{0.2, -0.1, 0.4, 100}, std::nullopt}, apart).update_gain_clear);
}

TEST(Leaderboard, AnUnclearUpdateGainIsAWordInTablesAndAValueInJson) {
  StoredRecord stored = TestStored("a", 1);
  stored.record.compatibility->values["paragon_gain"] = {0.2, -0.01, 0.41, 100};
  const Leaderboard board = BuildLeaderboard({stored});
  EXPECT_THAT(TerminalTable(board, {}), ContainsRegex("\\] +unclear +yes"));
  EXPECT_THAT(MarkdownTable(board), HasSubstr("| unclear | yes"));
  Json row = LeaderboardJson(board)["tables"][0]["rows"][0];
  EXPECT_NEAR(row["update_gain"]["mean"].get<double>(), 0.5, 1e-12);
  EXPECT_EQ(row["update_gain_clear"], false);
  EXPECT_NEAR(row["paragon_gain"]["low"].get<double>(), -0.01, 1e-12);
  stored.record.compatibility->update_gain.reset();
  stored.record.compatibility->update_gain_reason = "the paragon is not better";
  row = LeaderboardJson(BuildLeaderboard({stored}))["tables"][0]["rows"][0];
  EXPECT_FALSE(row.contains("update_gain_clear")) << "there is none";
}

TEST(Leaderboard, AVerdictOfOneTrainingSaysSo) {
  const auto shown = [](std::vector<StoredRecord> records) {
    return MarkdownTable(BuildLeaderboard(std::move(records)));
  };
  EXPECT_THAT(shown({TestStored("a", 1, 0.6)}), HasSubstr("| yes (1 seed) |"));
  EXPECT_THAT(shown({TestStored("a", 1, 0.3)}), HasSubstr("| no (1 seed) |"));
  EXPECT_THAT(shown({TestStored("a", 1, 0.51)}), HasSubstr("| undecided |"));
  EXPECT_THAT(shown({TestStored("a", 1, 0.6), TestStored("a", 2, 0.61)}), HasSubstr("| yes |"));
  const Json json = LeaderboardJson(BuildLeaderboard({TestStored("a", 1, 0.6)}));
  EXPECT_EQ(json["tables"][0]["rows"][0]["verdict"], "yes");
}

TEST(Leaderboard, ASentenceNamesTheRowsThatTieWithTheBest) {
  const auto both = [](std::vector<StoredRecord> records,
                       const ::testing::Matcher<std::string>& m) {
    const Leaderboard board = BuildLeaderboard(std::move(records));
    EXPECT_THAT(TerminalTable(board, {}), m);
    EXPECT_THAT(MarkdownTable(board), m);
  };
  both({TestStored("a", 1, 0.60), TestStored("b", 1, 0.615), TestStored("c", 1, 0.55),
        TestStored("d", 1, 0.61)},
       HasSubstr("\nNot distinguishable from b: d, a.\n"));
  both({TestStored("a", 1, 0.60), TestStored("b", 1, 0.65)},
       HasSubstr("\nb leads: no other ranked row's interval of cross mAP reaches its own.\n"));
  both({TestStored("a", 1, 0.60)}, AllOf(Not(HasSubstr("leads")), Not(HasSubstr("able from a"))));
}

TEST(Leaderboard, TheOrderOfRecordsDoesNotMatter) {
  std::vector<StoredRecord> records = {TestStored("a", 1, 0.6), TestStored("a", 2, 0.63),
                                       TestStored("b", 1, 0.61)};
  const Json forward = LeaderboardJson(BuildLeaderboard(records));
  std::reverse(records.begin(), records.end());
  EXPECT_EQ(LeaderboardJson(BuildLeaderboard(records)), forward);
}

TEST(Leaderboard, NoRecordsNoTables) {
  EXPECT_THAT(BuildLeaderboard({}).tables, IsEmpty());
  EXPECT_EQ(LeaderboardJson({}), Json({{"schema_version", 1}, {"tables", Json::array()}}));
}

}  // namespace
}  // namespace bcr
