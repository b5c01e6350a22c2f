#include "harness/core/utf8.h"

#include <gtest/gtest.h>

namespace bcr {
namespace {

constexpr size_t kGood = std::string_view::npos;

TEST(Utf8, AcceptsTheEdgesOfEachLength) {
  EXPECT_EQ(InvalidUtf8At(""), kGood);
  EXPECT_EQ(InvalidUtf8At("plain"), kGood);
  EXPECT_EQ(InvalidUtf8At("\xC2\x80 \xDF\xBF"), kGood);
  EXPECT_EQ(InvalidUtf8At("\xE0\xA0\x80 \xED\x9F\xBF \xEE\x80\x80 \xEF\xBF\xBF"), kGood);
  EXPECT_EQ(InvalidUtf8At("\xF0\x90\x80\x80 \xF4\x8F\xBF\xBF"), kGood);
}

TEST(Utf8, NamesTheFirstBadByte) {
  EXPECT_EQ(InvalidUtf8At("ab\xFFzz"), 2U);
  EXPECT_EQ(InvalidUtf8At("a\x80"), 1U);                  // tail without a lead
  EXPECT_EQ(InvalidUtf8At("ab\xC3"), 2U);                 // cut short
  EXPECT_EQ(InvalidUtf8At("\xE2\x82"), 0U);               // cut short
  EXPECT_EQ(InvalidUtf8At("\xC3(x"), 0U);                 // no tail
  EXPECT_EQ(InvalidUtf8At("\xC0\xAF"), 0U);               // overlong
  EXPECT_EQ(InvalidUtf8At("\xE0\x9F\xBF"), 0U);           // overlong
  EXPECT_EQ(InvalidUtf8At("\xF0\x8F\xBF\xBF"), 0U);       // overlong
  EXPECT_EQ(InvalidUtf8At("\xED\xA0\x80"), 0U);           // surrogate
  EXPECT_EQ(InvalidUtf8At("ok\xF4\x90\x80\x80"), 2U);     // above U+10FFFF
  EXPECT_EQ(InvalidUtf8At("\xE2\x82\xAC\xE2(\xA1"), 3U);  // second character
}

}  // namespace
}  // namespace bcr
