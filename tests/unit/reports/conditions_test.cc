#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "reports/leaderboard.h"
#include "reports/markdown.h"
#include "reports/terminal_table.h"
#include "tests/unit/reports/test_record.h"

namespace bcr {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// A record of which every model was made on this device in this precision.
StoredRecord MadeWith(int64_t seed, const std::string& device, const std::string& precision) {
  StoredRecord stored = TestStored("bct", seed);
  for (ModelRecord& model : stored.record.models) {
    model.notes = Free({{"device", device}, {"precision", precision}});
  }
  return stored;
}

StoredRecord Configured(int64_t seed, const char* key, const Json& value) {
  StoredRecord stored = TestStored("bct", seed);
  Json configuration = *stored.record.configuration;
  configuration[key] = value;
  stored.record.configuration = Free(configuration);
  return stored;
}

size_t TablesOf(std::vector<StoredRecord> records) {
  return BuildLeaderboard(std::move(records)).tables.size();
}

TEST(Conditions, OtherPrecisionDeviceTypeOrInitIsAnotherTable) {
  const StoredRecord plain = MadeWith(1, "cpu", "fp32");
  EXPECT_EQ(TablesOf({plain, MadeWith(2, "cpu", "fp32")}), 1U);
  EXPECT_EQ(TablesOf({plain, MadeWith(2, "cpu", "bf16")}), 2U);
  EXPECT_EQ(TablesOf({plain, MadeWith(2, "cuda:0", "fp32")}), 2U);
  EXPECT_EQ(TablesOf({MadeWith(1, "cuda:1", "fp32"), MadeWith(2, "cuda:0", "fp32")}), 1U);
  for (const size_t model : {0U, 2U}) {
    StoredRecord other = MadeWith(2, "cpu", "fp32");
    other.record.models[model].init = "file:0123456789abcdef";
    EXPECT_EQ(TablesOf({plain, other}), 2U) << model;
  }
}

TEST(Conditions, OverridesScoredSplitAndWeightAreAnotherTable) {
  const StoredRecord plain = TestStored("bct", 1);
  EXPECT_EQ(TablesOf({plain, Configured(2, "overrides", Json::array())}), 1U);
  EXPECT_EQ(TablesOf({plain, Configured(2, "overrides", {"setting.share=0.4"})}), 2U);
  EXPECT_EQ(TablesOf({plain, Configured(2, "score_on", "test")}), 1U);
  EXPECT_EQ(TablesOf({plain, Configured(2, "score_on", "validation")}), 2U);
  EXPECT_EQ(TablesOf({plain, Configured(2, "compatibility_weight", 1.0)}), 1U);
  EXPECT_EQ(TablesOf({plain, Configured(2, "compatibility_weight", 2.0)}), 2U);
}

TEST(Conditions, OtherRecipesOfOneNameAreApart) {
  for (const auto& [key, reason] : {std::pair{"method", "another recipe (method)"},
                                    {"base", "another recipe (base)"},
                                    {"setting", "setting with other values"}}) {
    const Leaderboard board =
        BuildLeaderboard({TestStored("bct", 1), Configured(2, key, {{"weight", 3}})});
    ASSERT_EQ(board.tables.size(), 1U) << key;
    EXPECT_EQ(board.tables[0].rows.at(0).seeds, std::vector<int64_t>{1}) << key;
    EXPECT_THAT(board.tables[0].apart.at(0).reason, HasSubstr(reason));
  }
  StoredRecord begun = TestStored("bct", 2);
  begun.record.models[1].init = "old";
  const Leaderboard board = BuildLeaderboard({TestStored("bct", 1), begun});
  EXPECT_EQ(board.tables.at(0).apart.at(0).reason,
            "the new model began as old, in seed 1 as random");
}

TEST(Conditions, AFailedRecordWithoutModelsStaysWithTheOthers) {
  StoredRecord failed = TestStored("l2", 1);
  failed.record.status = "failed";
  failed.record.error = "training: broken";
  failed.record.models.clear();
  failed.record.cells.clear();
  failed.record.compatibility.reset();
  const Leaderboard board = BuildLeaderboard({MadeWith(1, "cpu", "bf16"), failed});
  ASSERT_EQ(board.tables.size(), 1U);
  EXPECT_EQ(board.tables[0].apart.size(), 1U);
  EXPECT_EQ(board.tables[0].conditions.at("precision"), "bf16");
}

TEST(Conditions, AreShownWhereTheyAreNotTheDefault) {
  const Leaderboard plain = BuildLeaderboard({MadeWith(1, "cpu", "fp32")});
  EXPECT_THAT(TerminalTable(plain, {}), Not(HasSubstr("run with")));
  const Leaderboard other = BuildLeaderboard({MadeWith(1, "cuda:0", "bf16")});
  EXPECT_THAT(TerminalTable(other, {}), HasSubstr("run with: cuda, bf16\n"));
  EXPECT_THAT(MarkdownTable(other), HasSubstr("run with: cuda, bf16\n"));
  const Leaderboard set = BuildLeaderboard({Configured(1, "overrides", {"a.b=1", "c=2"})});
  EXPECT_THAT(TerminalTable(set, {}), HasSubstr("run with: overrides a.b=1, c=2\n"));
  const Json json = LeaderboardJson(other);
  EXPECT_EQ(json["tables"][0]["conditions"], Json({{"device", "cuda"},
                                                   {"precision", "bf16"},
                                                   {"init_old", "random"},
                                                   {"init_paragon", "random"}}));
}

TEST(Conditions, SpellingsOfOnePathAreOneTable) {
  StoredRecord dotted = TestStored("bct", 1), plain = TestStored("bct", 2);
  dotted.record.data["target"].reference = "csv:./some//people.csv,a=1";
  plain.record.data["target"].reference = "csv:some/people.csv,a=1";
  EXPECT_EQ(TablesOf({dotted, plain}), 1U);
  plain.record.data["target"].reference = "csv:other/people.csv,a=1";
  EXPECT_EQ(TablesOf({dotted, plain}), 2U);
}

}  // namespace
}  // namespace bcr
