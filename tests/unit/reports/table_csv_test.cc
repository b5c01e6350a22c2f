#include "reports/table_csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "harness/core/csv.h"
#include "reports/leaderboard.h"
#include "tests/unit/reports/test_record.h"

namespace bcr {
namespace {

using ::testing::IsSubsetOf;

// A field of one row of the CSV of these records.
class Parsed {
 public:
  explicit Parsed(std::vector<StoredRecord> records)
      : text_(LeaderboardCsv(BuildLeaderboard(std::move(records)))),
        table_(ParseCsv(text_, "test")) {}

  std::string At(size_t row, const std::string& column) const {
    return table_.rows.at(row).at(table_.Column(column, "test"));
  }
  double Number(size_t row, const std::string& column) const { return std::stod(At(row, column)); }
  const CsvTable& table() const { return table_; }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  CsvTable table_;
};

TEST(LeaderboardCsv, ARowIsALineWithItsTableAndItsFigures) {
  StoredRecord other = TestStored("bct", 1, 0.3);
  other.record.setting.name = "in-domain-identities";
  const Parsed csv({TestStored("bct", 1, 0.6), TestStored("bct", 2, 0.63), other});
  ASSERT_EQ(csv.table().rows.size(), 2U);
  EXPECT_EQ(csv.At(0, "setting"), "in-domain-data");
  EXPECT_EQ(csv.At(1, "setting"), "in-domain-identities");
  EXPECT_EQ(csv.At(0, "profile"), "quick");
  EXPECT_EQ(csv.At(0, "data.target"), "pedsynth-a");
  EXPECT_EQ(csv.At(0, "data.target.hash"), "0123456789abcdef0123456789abcdef");
  EXPECT_EQ(csv.At(0, "data.source"), "");
  EXPECT_EQ(csv.At(0, "method"), "bct");
  EXPECT_EQ(csv.At(0, "method_revision"), "1");
  EXPECT_EQ(csv.At(0, "seeds"), "1 2");
  EXPECT_EQ(csv.At(0, "rank"), "1");
  EXPECT_EQ(csv.At(0, "tied_with_leader"), "false");
  EXPECT_EQ(csv.At(0, "verdict"), "yes");
  EXPECT_EQ(csv.At(1, "verdict"), "no") << "the plain word: seeds are a column";
  EXPECT_EQ(csv.At(0, "update_gain_clear"), "true");
  EXPECT_EQ(csv.At(0, "widths"), "equal");
  EXPECT_EQ(csv.At(1, "cross.deviation"), "");
  EXPECT_EQ(csv.At(0, "matrix.am.mean"), "");
}

TEST(LeaderboardCsv, FiguresAreThoseOfTheRowBitForBit) {
  const std::vector<StoredRecord> records = {TestStored("bct", 1, 0.6), TestStored("bct", 2, 0.63)};
  const LeaderboardRow row = BuildLeaderboard(records).tables[0].rows[0];
  const Parsed csv(records);
  EXPECT_EQ(csv.Number(0, "cross.mean"), row.cross->mean);
  EXPECT_EQ(csv.Number(0, "cross.deviation"), *row.cross->deviation);
  EXPECT_EQ(csv.Number(0, "cross.low"), *row.cross->low);
  EXPECT_EQ(csv.Number(0, "gain.high"), *row.gain->high);
  EXPECT_EQ(csv.Number(0, "cross_rank1.mean"), row.cross_rank1->mean);
  EXPECT_EQ(csv.Number(0, "update_gain.mean"), row.update_gain->mean);
}

TEST(LeaderboardCsv, HostileTextStaysInItsField) {
  StoredRecord stored = TestStored("bct", 1);
  stored.record.method.name = "a,\"b\";c";
  stored.record.official = false;
  stored.record.unofficial_reasons = {"one\r\ntwo, \"three\"\033[31m"};
  stored.record.data["third"] = stored.record.data["target"];
  stored.record.data["third"].reference = "csv:x,y.csv";
  const Parsed csv({stored});
  ASSERT_EQ(csv.table().rows.size(), 1U);
  EXPECT_EQ(csv.At(0, "method"), "a,\"b\";c");
  EXPECT_EQ(csv.At(0, "reason"), "unofficial: one  two, \"three\" [31m");
  EXPECT_EQ(csv.At(0, "rank"), "");
  EXPECT_EQ(csv.At(0, "tied_with_leader"), "");
  EXPECT_EQ(csv.At(0, "data.third"), "csv:x,y.csv");
  EXPECT_EQ(std::count(csv.text().begin(), csv.text().end(), '\n'), 2) << "a row is one line";
}

// Readers join files of several leaderboards by these names.
TEST(LeaderboardCsv, HasTheColumnsOfTheFormat) {
  const Parsed csv({TestStored("a", 1)});
  const CsvTable& table = csv.table();
  const std::vector<std::string> wanted = {
      "setting_revision", "profile_revision", "data.source.hash", "scoring_revision",
      "policy",           "conditions",       "reason",           "old_self.mean",
      "new_self.low",     "reverse.high",     "old_rank1.mean",   "new_rank1.mean",
      "paragon_gain.low", "matrix.fc.mean"};
  EXPECT_THAT(wanted, IsSubsetOf(table.header));
  for (const std::string& name : table.header)
    EXPECT_EQ(std::count(table.header.begin(), table.header.end(), name), 1) << name;
}

}  // namespace
}  // namespace bcr
