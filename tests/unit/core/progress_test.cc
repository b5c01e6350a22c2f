#include "harness/core/progress.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdlib>

namespace bcr {
namespace {

TEST(FormatDuration, PicksItsUnit) {
  EXPECT_EQ(internal::FormatDuration(0.2), "0 s");
  EXPECT_EQ(internal::FormatDuration(42), "42 s");
  EXPECT_EQ(internal::FormatDuration(59.9), "1 min 00 s");
  EXPECT_EQ(internal::FormatDuration(185), "3 min 05 s");
  EXPECT_EQ(internal::FormatDuration(7800), "2 h 10 min");
  EXPECT_EQ(internal::FormatDuration(1e300), "?");
  EXPECT_EQ(internal::FormatDuration(-1), "?");
}

TEST(FormatProgress, GivesRateAndTimeLeft) {
  EXPECT_EQ(internal::FormatProgress(120, 400, "images", 2.0),
            "120/400 images, 60 images/s, 5 s left");
  EXPECT_EQ(internal::FormatProgress(400, 400, "images", 2.0), "400/400 images, 200 images/s");
  EXPECT_EQ(internal::FormatProgress(0, 400, "images", 2.0), "0/400 images");
  EXPECT_EQ(internal::FormatProgress(5, 0, "files", 2.0), "5 files, 2.50 files/s");
  EXPECT_EQ(internal::FormatProgress(5, 9, "files", 0.0), "5/9 files");
}

TEST(Progress, IsSilentWhenQuietOrBriefOffATerminal) {
  testing::internal::CaptureStderr();  // a file, so no terminal
  for (const bool quiet : {true, false}) {
    Progress progress("extract", 10, "images", quiet);
    for (int i = 1; i <= 10; ++i) progress.Update(i, "note");
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(Say, WritesALineToStderr) {
  testing::internal::CaptureStderr();
  Say("hello");
  Say("");
  Say("unheard", true);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "hello\n\n");
}

TEST(ColourOn, HonoursTheVariables) {
  int pipe_ends[2];
  ASSERT_EQ(::pipe(pipe_ends), 0);
  ::unsetenv("NO_COLOR");
  ::unsetenv("CLICOLOR_FORCE");
  EXPECT_FALSE(ColourOn(pipe_ends[1])) << "a pipe shows no colours";
  ::setenv("CLICOLOR_FORCE", "1", 1);
  EXPECT_TRUE(ColourOn(pipe_ends[1]));
  ::setenv("CLICOLOR_FORCE", "0", 1);
  EXPECT_FALSE(ColourOn(pipe_ends[1]));
  ::setenv("CLICOLOR_FORCE", "1", 1);
  ::setenv("NO_COLOR", "1", 1);
  EXPECT_FALSE(ColourOn(pipe_ends[1])) << "NO_COLOR wins";
  ::unsetenv("NO_COLOR");
  ::unsetenv("CLICOLOR_FORCE");
  ::close(pipe_ends[0]);
  ::close(pipe_ends[1]);
}

TEST(NowSeconds, NeverGoesBack) {
  const double before = NowSeconds();
  EXPECT_GE(NowSeconds(), before);
}

}  // namespace
}  // namespace bcr
