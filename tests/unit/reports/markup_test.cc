#include "reports/markup.h"

#include <gtest/gtest.h>

namespace bcr {
namespace {

TEST(Markup, MarkdownMarksAreEscaped) {
  EXPECT_EQ(MarkdownText("a_b|c\n<d>"), "a\\_b\\|c \\<d\\>");
  EXPECT_EQ(MarkdownRow({"a|b", "c"}), "| a\\|b | c |\n");
}

TEST(Markup, XmlTextIsEscapedAndWellFormed) {
  EXPECT_EQ(XmlText("<a href=\"x\">&'"), "&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
  EXPECT_EQ(XmlText("gr\xC3\xBC\xC3\x9F\x65"), "gr\xC3\xBC\xC3\x9F\x65");
  EXPECT_EQ(XmlText(std::string("a\0b\x1b", 4)), "a b ");
  EXPECT_EQ(XmlText("a\xFF\xFE<"), "a\xEF\xBF\xBD\xEF\xBF\xBD&lt;");
  EXPECT_EQ(XmlText(""), "");
}

}  // namespace
}  // namespace bcr
