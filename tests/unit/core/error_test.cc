#include "harness/core/error.h"

#include <gtest/gtest.h>

namespace bcr {
namespace {

std::string Message(ErrorText text) { return Error(ErrorCode::kData, std::move(text)).what(); }

TEST(Error, PutsFourPartsInOneSentence) {
  EXPECT_EQ(Message({"a.csv:3", "2 fields", "3", "quote commas"}),
            "a.csv:3: found 2 fields, expected 3. quote commas.");
  EXPECT_EQ(Message({"a", "x", "y", "did you mean `z`?"}),
            "a: found x, expected y. did you mean `z`?");
}

TEST(Error, AnyPartMayBeEmpty) {
  EXPECT_EQ(Message({"a", "x", "", ""}), "a: found x.");
  EXPECT_EQ(Message({"a", "", "y", ""}), "a: expected y.");
  EXPECT_EQ(Message({"", "x", "y", ""}), "found x, expected y.");
  EXPECT_EQ(Message({"stopped", "", "", "run it again"}), "stopped; run it again.");
  EXPECT_EQ(Message({"", "", "", "try again"}), "try again.");
  EXPECT_EQ(Message({"a", "", "", ""}), "a.");
  EXPECT_EQ(Message({"", "", "", ""}), "unknown error.");
}

TEST(Error, CopiesKeepTheirMessage) {
  const Error error(ErrorCode::kGate, {"a", "x", "y", ""});
  const Error copy = error;
  EXPECT_STREQ(copy.what(), error.what());
  EXPECT_EQ(copy.code(), ErrorCode::kGate);
  EXPECT_EQ(copy.text().expected, "y");
}

TEST(Error, ExitCodesAreTheContract) {
  EXPECT_EQ(ExitCodeOf(ErrorCode::kUsage), 2);
  EXPECT_EQ(ExitCodeOf(ErrorCode::kConfig), 2);
  EXPECT_EQ(ExitCodeOf(ErrorCode::kData), 2);
  EXPECT_EQ(ExitCodeOf(ErrorCode::kMissing), 2);
  EXPECT_EQ(ExitCodeOf(ErrorCode::kIo), 2);
  EXPECT_EQ(ExitCodeOf(ErrorCode::kTraining), 1);
  EXPECT_EQ(ExitCodeOf(ErrorCode::kGate), 3);
  EXPECT_EQ(ExitCodeOf(ErrorCode::kInterrupted), 130);
  EXPECT_EQ(ExitCodeOf(ErrorCode::kInternal), 1);
}

TEST(ErrorDeathTest, CheckAbortsWithPlaceAndMessage) {
  BCR_CHECK(true, "fine");
  EXPECT_DEATH(BCR_CHECK(1 > 2, "numbers broke"), "error_test.cc.*numbers broke.*1 > 2");
}

}  // namespace
}  // namespace bcr
