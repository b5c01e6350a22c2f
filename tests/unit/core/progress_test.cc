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

std::string Line(int64_t done, int64_t from, int64_t total, const std::string& unit, double elapsed,
                 const std::string& note = "") {
  return internal::FormatProgress(internal::DescribeProgress(done, from, total, unit, elapsed),
                                  note);
}

TEST(FormatProgress, GivesRateAndTimeLeft) {
  EXPECT_EQ(Line(120, 0, 400, "images", 2.0), "120/400 images, 60 images/s, 5 s left");
  EXPECT_EQ(Line(400, 0, 400, "images", 2.0), "400/400 images, 200 images/s");
  EXPECT_EQ(Line(0, 0, 400, "images", 2.0), "0/400 images");
  EXPECT_EQ(Line(5, 0, 0, "files", 2.0, "note"), "5 files, 2.50 files/s, note");
  EXPECT_EQ(Line(5, 0, 9, "files", 0.0), "5/9 files");
}

TEST(FormatProgress, WhatWasDoneBeforeTheStartMakesNoSpeed) {
  EXPECT_EQ(Line(320, 300, 400, "images", 2.0), "320/400 images, 10 images/s, 8 s left");
  EXPECT_EQ(Line(300, 300, 400, "images", 0.0), "300/400 images");
}

const internal::ProgressText kText = {"123456/234567 images", "1234 images/s", "3 min 05 s left"};
const std::string kNote = "epoch 12/60 loss 1.234";
const std::string kTitle = "cross-domain-unsupervised / independent";

TEST(FitProgress, LossRateAndTimeLeftFitIntoEightyColumns) {
  const std::string line = internal::FitProgress(kTitle, 0.5, kText, kNote, 79);
  EXPECT_LE(line.size(), 79U);
  for (const std::string& part :
       {kNote, kText.rate, kText.left, std::string("cross-~"), std::string("[####....]")}) {
    EXPECT_THAT(line, testing::HasSubstr(part));
  }
  EXPECT_EQ(line.find("epoch 12"), line.find(kText.rate) - kNote.size() - 2);
}

TEST(FitProgress, AWideTerminalShowsEverything) {
  EXPECT_EQ(
      internal::FitProgress("old", 0.5, {"1/2 images", "3 images/s", "4 s left"}, "loss 5", 90),
      "old [############............] loss 5, 3 images/s, 4 s left, 1/2 images");
  EXPECT_EQ(internal::FitProgress("old", -1, {"1 images", "", ""}, "", 90), "old 1 images");
}

TEST(FitProgress, NarrowTerminalsKeepTheTimeLeftLongest) {
  size_t note = 0, rate = 0;
  for (size_t columns = 1; columns <= 200; ++columns) {
    const std::string line = internal::FitProgress(kTitle, 0.5, kText, kNote, columns);
    ASSERT_LE(line.size(), columns);
    if (columns >= kText.left.size()) {
      EXPECT_THAT(line, testing::HasSubstr(kText.left)) << columns;
    }
    const auto first = [&](size_t& at, const std::string& part) {
      if (at == 0 && line.find(part) != std::string::npos) at = columns;
    };
    first(note, kNote);
    first(rate, kText.rate);
  }
  EXPECT_LT(note, rate);
}

TEST(FitProgress, CutsBetweenCharacters) {
  const std::string title = "\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9";
  const std::string line = internal::FitProgress(title + title, -1, {"9 files", "", ""}, "", 25);
  EXPECT_EQ(line, title.substr(0, 16) + "~" + title.substr(0, 16) + " 9 files");
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
