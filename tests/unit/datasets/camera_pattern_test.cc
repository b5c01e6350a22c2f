#include "datasets/camera_pattern.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/datasets/fixtures.h"

namespace bcr {
namespace {

using testing::ErrorOf;
using ::testing::HasSubstr;

std::string CameraIn(const std::string& pattern, const std::string& name) {
  return CameraPattern(pattern, "here").Find(name).value_or("none");
}

TEST(CameraPattern, FindsDigitsOrLetters) {
  EXPECT_EQ(CameraIn("*_c{camera}s*", "0001_c12s1_000151_00.jpg"), "12");
  EXPECT_EQ(CameraIn("*_c{camera}_*", "0001_c12_f0001.jpg"), "12");
  EXPECT_EQ(CameraIn("{camera}/*", "front/a.jpg"), "front");
  EXPECT_EQ(CameraIn("{camera}/*", "a.jpg"), "none");
  EXPECT_EQ(CameraIn("*_{camera}.jpg", "0001_c1_3.jpg"), "3");
  EXPECT_EQ(CameraIn("cam{camera}*", "camA7.jpg"), "A");
  EXPECT_EQ(CameraIn("*-{camera}", "a-b-7"), "7");
  EXPECT_EQ(CameraIn("{camera}", "07"), "07");
}

TEST(CameraPattern, MatchesTheWholeName) {
  EXPECT_EQ(CameraIn("c{camera}", "c1.jpg"), "none");
  EXPECT_EQ(CameraIn("c{camera}*", "xc1.jpg"), "none");
  EXPECT_EQ(CameraIn("*c{camera}*", "xc1.jpg"), "1");
  EXPECT_EQ(CameraIn("*_c{camera}_*", "0001_c_x.jpg"), "none");
  EXPECT_EQ(CameraIn("c{camera}", ""), "none");
}

TEST(CameraPattern, TakesTheFirstPlaceThatFits) {
  EXPECT_EQ(CameraIn("*c{camera}*", "abc3_c4.jpg"), "3");
  EXPECT_EQ(CameraIn("*c{camera}_*", "c3x_c4_.jpg"), "4");
}

TEST(CameraPattern, ManyStarsTakeNoLongTime) {
  std::string pattern = "{camera}";
  for (int i = 0; i < 50; ++i) pattern += "*a";
  EXPECT_EQ(CameraIn(pattern, "1" + std::string(200, 'a') + "b"), "none");
}

TEST(CameraPattern, RefusesWhatItCannotUse) {
  for (const char* bad : {"", "*", "{camera}{camera}", "*{camera}", "**_{camera}", "{cam}_{camera}",
                          "c{camera", "camera}"}) {
    const Error error = ErrorOf([&] { CameraPattern(bad, "folder:x: camera"); });
    EXPECT_EQ(error.code(), ErrorCode::kUsage) << bad;
    EXPECT_THAT(error.what(), HasSubstr("*_c{camera}_*")) << bad;
  }
}

}  // namespace
}  // namespace bcr
