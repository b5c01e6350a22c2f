// Lines of list files, and reading a list.
#include "datasets/list_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bcr {
namespace {

TEST(ListLine, KeepsTheNumbersOfLinesAndLeavesOutEmptyOnes) {
  const std::vector<ListLine> lines = LinesOf("a b\r\n\n  c \nd");
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0].text, "a b");
  EXPECT_EQ(lines[1].number, 3U);
  EXPECT_EQ(lines[1].text, "c");
  EXPECT_EQ(lines[2].number, 4U);
  EXPECT_TRUE(LinesOf("\n \r\n").empty());
}

TEST(ListLine, APathStaysBelowItsFolder) {
  for (const char* good : {"a", "a/b.jpg", "..a/b", "a b/c"})
    EXPECT_TRUE(IsPathBelow(good)) << good;
  for (const char* bad :
       {"", "/a", "a/", "a//b", "../a", "a/../b", "./a", "a/.", "a\nb", "caf\xe9"})
    EXPECT_FALSE(IsPathBelow(bad)) << bad;
}

TEST(ListLine, ReadsAPathAndItsLabel) {
  const auto parsed = ParseLabelledPath("0000/x.jpg \t 17");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->path, "0000/x.jpg");
  EXPECT_EQ(parsed->label, "17");
  for (const char* bad :
       {"", "x.jpg", "x.jpg ", "x.jpg -1", "x.jpg 1 2", "../x.jpg 1", "x.jpg 1.0"})
    EXPECT_FALSE(ParseLabelledPath(bad)) << bad;
}

TEST(ListLine, ReadsVehiclesOfVeriWild) {
  const auto info = ParseVehicleInfo("00001/000001;62;2018-03-11 11:51:53;Buick;sedan;white");
  ASSERT_TRUE(info);
  EXPECT_EQ(info->vehicle, "00001");
  EXPECT_EQ(info->image, "000001");
  EXPECT_EQ(info->camera, "62");
  EXPECT_TRUE(ParseVehicleInfo("1/2;3"));
  for (const char* bad : {"", "id/image;Camera ID;Time", "00001/000001", "00001/000001;",
                          "00001;62", "00001/000001;62a;x", "00001/000001.jpg;62;x"})
    EXPECT_FALSE(ParseVehicleInfo(bad)) << bad;
  EXPECT_EQ(ParseVehiclePath("00001/000001")->image, "000001");
  EXPECT_EQ(ParseVehiclePath("00001/000001.jpg")->vehicle, "00001");
  for (const char* bad : {"", "00001", "00001/", "/1", "00001/000001.png", "00001/000001 1", "a/1"})
    EXPECT_FALSE(ParseVehiclePath(bad)) << bad;
}

}  // namespace
}  // namespace bcr
