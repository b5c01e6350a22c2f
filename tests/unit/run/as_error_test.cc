#include "harness/run/as_error.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <new>
#include <nlohmann/json.hpp>

namespace bcr {
namespace {

TEST(AsError, OwnErrorsStayWhatTheyAre) {
  const Error own(ErrorCode::kInterrupted, {"here", "this", "that", ""});
  const Error same = AsError(own, "elsewhere");
  EXPECT_EQ(same.code(), ErrorCode::kInterrupted);
  EXPECT_STREQ(same.what(), own.what());
}

TEST(AsError, EverythingElseIsInternalAndNamesTheStep) {
  const std::filesystem::filesystem_error files("cannot", std::error_code());
  const std::bad_alloc memory;
  const std::exception* failures[] = {&files, &memory};
  for (const std::exception* failure : failures) {
    const Error error = AsError(*failure, "cell new/old");
    EXPECT_EQ(error.code(), ErrorCode::kInternal);
    EXPECT_EQ(ExitCodeOf(error.code()), kExitCellFailed);
    EXPECT_NE(std::string(error.what()).find("cell new/old"), std::string::npos) << error.what();
  }
  EXPECT_NE(std::string(AsError(memory, "x").what()).find("memory"), std::string::npos);
}

}  // namespace
}  // namespace bcr
