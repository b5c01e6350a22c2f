#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "reports/leaderboard.h"
#include "reports/markdown.h"
#include "reports/terminal_table.h"
#include "reports/text_table.h"
#include "tests/unit/reports/test_record.h"

namespace bcr {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

// Two seeds of a method with a long name, one of another, and a failed one with an unruly message.
Leaderboard Sample() {
  std::vector<StoredRecord> records = {
      TestStored("a-method-with-a-very-long-name-that-nobody-should-give", 1, 0.6),
      TestStored("a-method-with-a-very-long-name-that-nobody-should-give", 2, 0.63),
      TestStored("bct", 1, 0.4), TestStored("failed", 1)};
  records.back().record.status = "failed";
  records.back().record.error = "line one\nline | two \xc3\xa4\033[31m " + std::string(150, 'x');
  return BuildLeaderboard(std::move(records));
}

void ExpectFits(const std::string& text, size_t columns) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.find("xxxx") != std::string::npos) continue;  // a word longer than the line
    EXPECT_LE(DisplayWidth(line), columns) << line;
  }
}

TEST(TerminalTable, FitsItsColumns) {
  ExpectFits(TerminalTable(Sample(), {}), 110);
  TextStyle ascii;
  ascii.ascii = true;
  ExpectFits(TerminalTable(Sample(), ascii), 110);
}

// A table like those of the README, which is 114 characters wide with every column.
std::string OfWidth(int columns) {
  TextStyle style;
  style.columns = columns;
  const std::string text = TerminalTable(
      BuildLeaderboard({TestStored("bct", 1, 0.6), TestStored("independent", 1, 0.01)}), style);
  ExpectFits(text, static_cast<size_t>(columns));
  return text;
}

std::string HeaderOf(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.ends_with("compatible?")) return line;
  }
  return "";
}

TEST(TerminalTable, ColumnsGiveWayInAStatedOrder) {
  EXPECT_THAT(HeaderOf(OfWidth(120)), ContainsRegex("cross  reverse  r1 old  r1 cross +gain  upd"));
  EXPECT_THAT(OfWidth(120), Not(HasSubstr("Left out")));
  EXPECT_THAT(HeaderOf(OfWidth(110)), ContainsRegex("cross  r1 old  r1 cross +gain  upd"));
  EXPECT_THAT(OfWidth(110), HasSubstr("Left out for want of width: reverse. Markdown, CSV and JSON "
                                      "have it.\n"));
  EXPECT_THAT(HeaderOf(OfWidth(100)), ContainsRegex("cross r1 old r1 cross +gain upd"));
  EXPECT_THAT(HeaderOf(OfWidth(90)), ContainsRegex("cross +gain  upd"));
  EXPECT_THAT(OfWidth(90), HasSubstr("width: reverse, r1 old, r1 cross."));
  EXPECT_THAT(HeaderOf(OfWidth(80)), ContainsRegex("cross +gain upd"));
  EXPECT_THAT(HeaderOf(OfWidth(74)), ContainsRegex("cross +gain compatible"));
  EXPECT_THAT(OfWidth(74), HasSubstr("width: reverse, r1 old, r1 cross, upd.g."));
}

TEST(TerminalTable, AllTablesLeaveOutTheSameColumns) {
  StoredRecord wide = TestStored("bct", 1, 0.6), wider = TestStored("bct", 2, 0.63);
  wide.record.profile.name = wider.record.profile.name = "paper";  // another table, with deviations
  wide.file += "p";
  wider.file += "p";
  TextStyle style;
  style.columns = 110;
  const std::string narrow = TerminalTable(BuildLeaderboard({TestStored("l2", 1)}), style),
                    both =
                        TerminalTable(BuildLeaderboard({TestStored("l2", 1), wide, wider}), style);
  EXPECT_THAT(HeaderOf(narrow), HasSubstr("reverse"));
  EXPECT_THAT(HeaderOf(both), Not(HasSubstr("reverse")));
}

// One name must not cost every row its figures.
TEST(TerminalTable, ALongNameIsCutBeforeColumnsGo) {
  TextStyle style;
  style.columns = 130;
  const std::string text =
      TerminalTable(BuildLeaderboard({TestStored(std::string(90, 'm'), 1)}), style);
  ExpectFits(text, 130);
  EXPECT_THAT(HeaderOf(text), HasSubstr("reverse"));
  EXPECT_THAT(text, HasSubstr("mmm~ "));
}

TEST(TerminalTable, CountsOdditiesOfTheData) {
  StoredRecord odd = TestStored("bct", 1);
  odd.record.data["target"].differences.clear();
  EXPECT_THAT(TerminalTable(BuildLeaderboard({odd}), {}), Not(HasSubstr("target: ")));
  DataRecord& data = odd.record.data["target"];
  data.single_image_identities = 1;
  data.queries_without_match = 4;
  data.bad_images = {"a.jpg", "b.jpg"};
  const Leaderboard board = BuildLeaderboard({odd});
  const std::string line =
      "target: 1 training identity with one image, 4 queries without a match, 2 unreadable "
      "images\n";
  EXPECT_THAT(TerminalTable(board, {}), HasSubstr(line));
  EXPECT_THAT(MarkdownTable(board), HasSubstr(line));
  EXPECT_EQ(
      LeaderboardJson(board)["tables"][0]["data"]["target"]["oddities"],
      Json({{"single_image_identities", 1}, {"queries_without_match", 4}, {"bad_images", 2}}));
}

TEST(TerminalTable, ColumnsAlignByCharactersNotBytes) {
  std::istringstream lines(TerminalTable(Sample(), {}));
  std::vector<size_t> verdicts;
  for (std::string line; std::getline(lines, line);) {
    for (const std::string verdict : {" yes", " no (1 seed)"}) {
      if (line.ends_with(verdict)) verdicts.push_back(DisplayWidth(line) - DisplayWidth(verdict));
    }
  }
  ASSERT_GE(verdicts.size(), 2U);
  EXPECT_EQ(verdicts[0], verdicts[1]);
}

TEST(TerminalTable, AsciiMeansAscii) {
  TextStyle style;
  style.ascii = true;
  for (char c : TerminalTable(Sample(), style)) {
    ASSERT_TRUE(c == '\n' || (c >= 0x20 && c < 0x7F)) << static_cast<int>(c);
  }
}

TEST(TerminalTable, ControlCharactersOfRecordsDoNotReachTheTerminal) {
  EXPECT_THAT(TerminalTable(Sample(), {}), Not(HasSubstr("\033")));
  TextStyle colour;
  colour.colour = true;
  EXPECT_THAT(TerminalTable(Sample(), colour),
              AllOf(HasSubstr("\033[1m"), Not(HasSubstr("\033[31m"))));
}

TEST(TerminalTable, StyleFollowsTheLocaleAndNoColor) {
  EXPECT_FALSE(TextStyleFor("en_US.UTF-8", false, true).ascii);
  EXPECT_TRUE(TextStyleFor("en_US.UTF-8", false, true).colour);
  EXPECT_FALSE(TextStyleFor("C.utf8", false, false).colour);
  EXPECT_TRUE(TextStyleFor("C", false, true).ascii);
  EXPECT_TRUE(TextStyleFor("", false, true).ascii);
  EXPECT_TRUE(TextStyleFor("en_US.UTF-8", true, true).ascii);
  EXPECT_FALSE(TextStyleFor("en_US.UTF-8", true, true).colour);
}

TEST(TerminalTable, WidthCountsCharacters) {
  EXPECT_EQ(DisplayWidth("1\u00b12"), 3U);
  EXPECT_EQ(DisplayWidth(""), 0U);
}

TEST(TerminalTable, RowsApartForTheSameReasonShareOneFootnote) {
  std::vector<StoredRecord> records = {TestStored("l2", 1), TestStored("bct", 1),
                                       TestStored("bct", 2), TestStored("rbcl", 1),
                                       TestStored("null", 1)};
  for (size_t i = 1; i < records.size(); ++i) {
    records[i].record.official = false;
    records[i].record.unofficial_reasons = {i == 3 ? "another reason" : "epochs is locked"};
  }
  const std::string text = TerminalTable(BuildLeaderboard(std::move(records)), {});
  EXPECT_THAT(text, HasSubstr("[a] bct seed 1, 2, null seed 1: unofficial: epochs is locked"));
  EXPECT_THAT(text, HasSubstr("[b] rbcl seed 1: unofficial: another reason"));
  EXPECT_THAT(text, HasSubstr("null [a]"));
  EXPECT_THAT(text, Not(HasSubstr("[c]")));
}

TEST(TerminalTable, CountsThatDifferFromPublishedOnesAreToldAndRanked) {
  std::vector<StoredRecord> records = {TestStored("l2", 1), TestStored("bct", 1)};
  for (StoredRecord& stored : records) {
    stored.record.data.at("target").differences = {"query images: 3 found, 3368 published",
                                                   "training images: 2 found, 12936 published"};
  }
  const std::string text = TerminalTable(BuildLeaderboard(std::move(records)), {});
  EXPECT_THAT(text, HasSubstr("target: 2 counts not as published"));
  EXPECT_THAT(text, Not(HasSubstr("not ranked")));
}

TEST(Markdown, RecordsCannotBreakTheTable) {
  const std::string text = MarkdownTable(Sample());
  EXPECT_THAT(text, HasSubstr("line one line \\| two"));
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("|")) continue;
    int bars = 0;
    for (size_t i = 0; i < line.size(); ++i)
      bars += line[i] == '|' && (i == 0 || line[i - 1] != '\\') ? 1 : 0;
    EXPECT_EQ(bars, 13) << line;
  }
}

}  // namespace
}  // namespace bcr
