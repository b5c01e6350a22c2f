#include "harness/core/interrupt.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <cstdlib>

#include "harness/core/error.h"

namespace bcr {
namespace {

// Every case runs in a child: the flag, once set, stays.
void RaiseAndReport(int signal) {
  InstallInterruptHandler();
  if (Interrupted()) std::_Exit(50);
  ThrowIfInterrupted();
  ::raise(signal);
  if (!Interrupted()) std::_Exit(51);
  try {
    ThrowIfInterrupted();
  } catch (const Error& error) {
    const bool right = error.code() == ErrorCode::kInterrupted &&
                       std::string(error.what()) == "stopped; run the same command to resume.";
    std::_Exit(right ? 42 : 52);
  }
  std::_Exit(53);
}

TEST(InterruptDeathTest, TheFirstSignalSetsTheFlag) {
  EXPECT_EXIT(RaiseAndReport(SIGINT), testing::ExitedWithCode(42), "stopping at the next safe");
  EXPECT_EXIT(RaiseAndReport(SIGTERM), testing::ExitedWithCode(42), "stopping at the next safe");
}

TEST(InterruptDeathTest, TheSecondSignalEndsTheProcess) {
  EXPECT_EXIT(
      {
        InstallInterruptHandler();
        ::raise(SIGINT);
        ::raise(SIGTERM);
        std::_Exit(0);
      },
      testing::ExitedWithCode(130), "");
}

TEST(Interrupt, IsOffAtFirst) {
  EXPECT_FALSE(Interrupted());
  EXPECT_NO_THROW(ThrowIfInterrupted());
}

}  // namespace
}  // namespace bcr
