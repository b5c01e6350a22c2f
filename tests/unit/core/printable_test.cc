#include "harness/core/printable.h"

#include <gtest/gtest.h>

#include "harness/core/error.h"

namespace bcr {
namespace {

TEST(Printable, TextStaysAsItIs) {
  for (const char* text : {"", "a.jpg", "two\nlines", "Übergröße \xE4\xBA\xBA \xF0\x9F\x98\x80"})
    EXPECT_EQ(Printable(text), text);
}

TEST(Printable, WhatATerminalWouldObeyIsShown) {
  EXPECT_EQ(Printable("\x1b[31mred\x1b[0m"), "\\x1b[31mred\\x1b[0m");
  EXPECT_EQ(Printable("over\rwritten\b\t"), "over\\x0dwritten\\x08\\x09");
  EXPECT_EQ(Printable(std::string_view("a\0b", 3)), "a\\x00b");
  EXPECT_EQ(Printable("\x7f"), "\\x7f");
  EXPECT_EQ(Printable("\xC2\x9B"), "\\u009b");  // an escape sequence of one character
  EXPECT_EQ(Printable("\xE2\x80\xAEgpj.exe"), "\\u202egpj.exe");
}

TEST(Printable, BytesThatAreNoUtf8AreShown) {
  EXPECT_EQ(Printable("a\xFF\xFE"
                      "b"),
            "a\\xff\\xfeb");
  EXPECT_EQ(Printable("\xC3"), "\\xc3");
  EXPECT_EQ(Printable("\xE4\xBA"
                      "x"),
            "\\xe4\\xbax");
}

TEST(Printable, MessagesOfErrorsArePrintable) {
  const Error error(ErrorCode::kData, {"\x1b[2Jname", "x", "y", ""});
  EXPECT_EQ(std::string(error.what()).find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace bcr
