#include "harness/core/csv.h"

#include <gmock/gmock.h>

#include "tests/unit/core/catch_error.h"

namespace bcr {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Csv, ReadsPlainRows) {
  const CsvTable table = ParseCsv("image,identity\na.png,1\nb.png,2\n", "x");
  EXPECT_THAT(table.header, ElementsAre("image", "identity"));
  EXPECT_THAT(table.rows, ElementsAre(ElementsAre("a.png", "1"), ElementsAre("b.png", "2")));
  EXPECT_THAT(table.lines, ElementsAre(2U, 3U));
  EXPECT_EQ(table.Column("identity", "x"), 1U);
}

TEST(Csv, QuotedFieldsHoldAnything) {
  const CsvTable table = ParseCsv("a,b\n\"1,\"\"2\"\"\n3\",\"\"\nx,y", "x");
  EXPECT_THAT(table.rows, ElementsAre(ElementsAre("1,\"2\"\n3", ""), ElementsAre("x", "y")));
  EXPECT_THAT(table.lines, ElementsAre(2U, 4U));  // the first row spans two lines
}

TEST(Csv, LineEndsAndByteOrderMark) {
  const CsvTable table = ParseCsv(
      "\xEF\xBB\xBF"
      "a,b\r\n1,2\r\n3,\r\n",
      "x");
  EXPECT_THAT(table.header, ElementsAre("a", "b"));
  EXPECT_THAT(table.rows, ElementsAre(ElementsAre("1", "2"), ElementsAre("3", "")));
}

TEST(Csv, HeaderAlone) {
  EXPECT_TRUE(ParseCsv("a,b", "x").rows.empty());
  EXPECT_TRUE(ParseCsv("a,b\n", "x").rows.empty());
}

TEST(Csv, SpacesAreContent) {
  EXPECT_THAT(ParseCsv("a,b\n 1 , 2\n", "x").rows, ElementsAre(ElementsAre(" 1 ", " 2")));
}

struct Bad {
  const char* text;
  const char* where;
  const char* part;
};

TEST(Csv, RefusesMalformedTextAndNamesTheLine) {
  const std::vector<Bad> cases = {
      {"", "x", "empty"},
      {"\xEF\xBB\xBF", "x", "empty"},
      {"a,b\n1\n", "x:2", "1 fields"},
      {"a,b\n1,2\n1,2,3\n", "x:3", "3 fields"},
      {"a,b\n1,2\n\n", "x:3", "an empty line"},
      {"a,b\n1,\"2\n\n", "x:2", "never closed"},
      {"a,b\n\"", "x:2", "never closed"},
      {"a,b\n1,\"2\"x\n", "x:2", "behind a closing quote"},
      {"a,b\n1,2\"\n", "x:2", "quote inside"},
      {"a,b\r1,2\r", "x:1", "carriage return"},
      {"a,b\n1,\xFF\n", "x:2", "0xff"},
      {"a,a\n", "x:1", "`a` twice"},
  };
  for (const Bad& bad : cases) {
    const Error error = test::CatchError([&] { ParseCsv(bad.text, "x"); });
    EXPECT_EQ(error.code(), ErrorCode::kData) << bad.text;
    EXPECT_EQ(error.text().where, bad.where) << bad.text;
    EXPECT_THAT(error.what(), HasSubstr(bad.part));
  }
}

TEST(Csv, MissingColumnNamesTheNearest) {
  const CsvTable table = ParseCsv("image,identiy\n", "x");
  EXPECT_THAT(test::MessageOf([&] { table.Column("identity", "index.csv"); }),
              testing::AllOf(HasSubstr("index.csv"), HasSubstr("`identiy`")));
}

TEST(Csv, LinesReadBack) {
  const std::vector<std::vector<std::string>> rows = {{"plain", "with,comma"},
                                                      {"\"quoted\"", "two\nlines"},
                                                      {"", ""},
                                                      {"\r", "\xC3\xA9"},
                                                      {"\xEF\xBB\xBF", " s "}};
  std::string text = CsvLine({"a", "b"});
  for (const auto& row : rows) text += CsvLine(row);
  EXPECT_EQ(ParseCsv(text, "x").rows, rows);
  EXPECT_EQ(CsvLine({"a", "b c"}), "a,b c\n");
  EXPECT_EQ(CsvLine({""}), "\"\"\n");
  EXPECT_THAT(ParseCsv("a\n" + CsvLine({""}), "x").rows, ElementsAre(ElementsAre("")));
}

}  // namespace
}  // namespace bcr
