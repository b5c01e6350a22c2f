#include "harness/core/suggest.h"

#include <gtest/gtest.h>

namespace bcr {
namespace {

const std::vector<std::string> kNames = {"market1501", "msmt17", "cuhk03", "in-domain-data", "bct"};

TEST(Nearest, FindsTypingMistakes) {
  EXPECT_EQ(Nearest("market1510", kNames), "market1501");
  EXPECT_EQ(Nearest("marcket1501", kNames), "market1501");
  EXPECT_EQ(Nearest("mstm17", kNames), "msmt17");  // swapped neighbours
  EXPECT_EQ(Nearest("btc", kNames), "bct");
}

TEST(Nearest, IgnoresCaseAndDashStyle) {
  EXPECT_EQ(Nearest("In_Domain_Data", kNames), "in-domain-data");
}

TEST(Nearest, CompletesAUniqueBeginning) {
  EXPECT_EQ(Nearest("market", kNames), "market1501");
  EXPECT_EQ(Nearest("market", {"market1501", "market1501-500k"}), "");
  EXPECT_EQ(Nearest("ma", kNames), "");
}

TEST(Nearest, IsEmptyWhereNothingIsNear) {
  EXPECT_EQ(Nearest("imagenet", kNames), "");
  EXPECT_EQ(Nearest("x", {"y"}), "");
  EXPECT_EQ(Nearest("", kNames), "");
  EXPECT_EQ(Nearest("bct", {}), "");
  EXPECT_EQ(Nearest(std::string(100000, 'a'), kNames), "");
}

TEST(Nearest, TiesGoToTheFirst) { EXPECT_EQ(Nearest("bat", {"bar", "baz"}), "bar"); }

TEST(SuggestionFor, SuggestsOrLists) {
  EXPECT_EQ(SuggestionFor("msmt71", kNames), "did you mean `msmt17`?");
  EXPECT_EQ(SuggestionFor("qqqq", {"a1", "b2"}), "known: a1, b2");
  EXPECT_EQ(SuggestionFor("qqqq", {}), "none are known");
  const std::vector<std::string> many(50, "name");
  EXPECT_NE(SuggestionFor("qqqq", many).find("and 10 more"), std::string::npos);
}

}  // namespace
}  // namespace bcr
