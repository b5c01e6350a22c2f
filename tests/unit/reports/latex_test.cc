#include "reports/latex.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "reports/leaderboard.h"
#include "tests/unit/reports/test_record.h"

namespace bcr {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

size_t Count(const std::string& text, const std::string& what) {
  size_t count = 0;
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

// What a document needs to compile: environments and braces that close, as many cells in each row
// as the table has columns, and no mark that LaTeX obeys where none was meant.
void ExpectSound(const std::string& text) {
  for (const char* name : {"table", "tabular"}) {
    const std::string braced = std::string("{") + name + "}";
    EXPECT_EQ(Count(text, "\\begin" + braced), Count(text, "\\end" + braced)) << name;
  }
  int depth = 0;
  size_t columns = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("%")) continue;
    const std::string begins = "\\begin{tabular}{";
    if (line.starts_with(begins)) columns = line.size() - begins.size() - 1;
    size_t cells = 1;
    for (size_t i = 0; i < line.size(); ++i) {
      const auto byte = static_cast<unsigned char>(line[i]);
      ASSERT_TRUE(byte >= 0x20 && byte != 0x7F) << line;
      if (line[i] == '\\') {
        ++i;  // an escaped mark, or the first letter of a name
        continue;
      }
      ASSERT_EQ(std::string_view("#%_~^").find(line[i]), std::string_view::npos) << line;
      depth += line[i] == '{' ? 1 : line[i] == '}' ? -1 : 0;
      cells += line[i] == '&' ? 1 : 0;
      ASSERT_GE(depth, 0) << line;
    }
    EXPECT_TRUE(!line.ends_with(" \\\\") || cells == columns) << line;
    EXPECT_EQ(depth, 0) << line;
    const auto dollars = std::count(line.begin(), line.end(), '$') - Count(line, "\\$");
    EXPECT_EQ(dollars % 2, 0U) << line;
  }
}

TEST(LatexText, MarksPrintInThePlaceOfBeingObeyed) {
  EXPECT_EQ(LatexText("a_b & 50% #1 $x$ {y}"), "a\\_b \\& 50\\% \\#1 \\$x\\$ \\{y\\}");
  EXPECT_EQ(LatexText("\\input{/etc/passwd}"), "\\textbackslash{}input\\{/etc/passwd\\}");
  EXPECT_EQ(LatexText("~^<>|"),
            "\\textasciitilde{}\\textasciicircum{}\\textless{}\\textgreater{}\\textbar{}");
  EXPECT_EQ(LatexText("a--b"), "a-{}-b");
  EXPECT_EQ(LatexText("[x]"), "{[}x{]}");
  EXPECT_EQ(LatexText("``q''"), "\\symbol{96}\\symbol{96}q'{}'");
  EXPECT_EQ(LatexText("a\nb\x1b\x7f"), "a b  ");
  EXPECT_EQ(LatexText(""), "");
}

TEST(LatexText, CharactersThatFontsLackAreNumbers) {
  EXPECT_EQ(LatexText("gr\u00fc\u00dfe"), "gr\u00fc\u00dfe");
  EXPECT_EQ(LatexText("\u4e2d"), "{[}U+4E2D{]}");
  EXPECT_EQ(LatexText("\U0001F600"), "{[}U+1F600{]}");
  EXPECT_EQ(LatexText("\u00f0\u00d7"), "{[}U+00F0{]}{[}U+00D7{]}");
  EXPECT_EQ(LatexText("a\xff"
                      "b"),
            "a{[}U+FFFD{]}b");
}

TEST(LatexTables, ABestRowIsBoldOnlyWhereNoOtherTies) {
  const std::string win =
      LatexTables(BuildLeaderboard({TestStored("a", 1, 0.60), TestStored("b", 1, 0.65)}));
  EXPECT_THAT(win, AllOf(HasSubstr("\\textbf{65.0}"), Not(HasSubstr("\\underline"))));
  EXPECT_EQ(Count(win, "\\textbf{"), 1U);
  EXPECT_THAT(win, HasSubstr("b leads: no other ranked row's interval"));
  const std::string tie = LatexTables(BuildLeaderboard(
      {TestStored("a", 1, 0.60), TestStored("b", 1, 0.615), TestStored("c", 1, 0.3)}));
  EXPECT_THAT(tie, AllOf(HasSubstr("\\underline{61.5}"), HasSubstr("\\underline{60.0}"),
                         Not(HasSubstr("\\textbf{"))));
  EXPECT_EQ(Count(tie, "\\underline{"), 2U);
  EXPECT_THAT(tie, HasSubstr("Not distinguishable from b: a."));
  EXPECT_THAT(LatexTables(BuildLeaderboard({TestStored("a", 1)})), Not(HasSubstr("\\textbf{")))
      << "nothing was beaten";
}

TEST(LatexTables, OneTableASettingWithItsCaption) {
  StoredRecord other = TestStored("bct", 1);
  other.record.setting.name = "in-domain-identities";
  const std::string text =
      LatexTables(BuildLeaderboard({TestStored("bct", 1, 0.6), TestStored("bct", 2, 0.63), other}));
  ExpectSound(text);
  EXPECT_EQ(Count(text, "\\begin{table}"), 2U);
  EXPECT_EQ(Count(text, "\\toprule"), 2U);
  EXPECT_THAT(text, HasSubstr("\\caption{in-domain-data r1, profile quick r1, target pedsynth-a "
                              "(01234567); scored r1: policy market, cosine,"));
  EXPECT_THAT(text, HasSubstr("61.5$\\pm$2.1"));
  EXPECT_THAT(text, HasSubstr("& yes (1 seed) \\\\\n"));
  EXPECT_THAT(text, HasSubstr("& yes \\\\\n"));
}

TEST(LatexTables, HostileRecordsCannotBreakTheDocument) {
  StoredRecord named = TestStored("bct", 1, 0.6), failed = TestStored("l2", 2);
  named.record.method.name = "m_1&\\end{tabular}%$^~";
  failed.record.method.name = "#";
  named.record.data["target"].reference = "csv:\\write18{rm}_\u4e2d.csv";
  failed.record.data["target"] = named.record.data["target"];
  failed.record.status = "failed";
  failed.record.error = "100 % of {braces\nand a line & more \\";
  const std::string text = LatexTables(BuildLeaderboard({named, failed}));
  ExpectSound(text);
  EXPECT_THAT(text, Not(HasSubstr("\\write18")));
  EXPECT_EQ(Count(text, "\\end{tabular}"), 1U);
  EXPECT_THAT(text, HasSubstr("not ranked: {[}a{]} \\# seed 2: failed: 100 \\% of \\{braces and"));
}

}  // namespace
}  // namespace bcr
