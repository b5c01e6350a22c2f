#include "harness/data/image_size.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/core/error.h"
#include "harness/data/decode.h"
#include "tests/unit/data/drawn_dataset.h"

namespace bcr {
namespace {

TEST(StatedSize, IsThatOfTheDecodedImage) {
  for (const char* format : {".png", ".jpg", ".bmp", ".webp"}) {
    const auto size = StatedSize(Encoded(DrawnImage(37, 19, 1, CV_8UC3), format));
    ASSERT_TRUE(size) << format;
    EXPECT_EQ(size->height, 37U) << format;
    EXPECT_EQ(size->width, 19U) << format;
  }
}

TEST(StatedSize, OfDamagedAndUnknownFilesIsNothing) {
  EXPECT_FALSE(StatedSize(""));
  EXPECT_FALSE(StatedSize("GIF89a"));
  EXPECT_FALSE(StatedSize("\xFF\xD8\xFF"));
  const std::string jpeg = Encoded(DrawnImage(37, 19, 1, CV_8UC3), ".jpg");
  for (size_t cut = 0; cut < jpeg.size(); ++cut) StatedSize(jpeg.substr(0, cut));
}

// A few kilobytes of zeros, compressed, that would take gigabytes.
TEST(Decode, AnImageThatStatesTooManyPixelsIsNotDecoded) {
  std::string png = Encoded(DrawnImage(8, 8, 1, CV_8UC3), ".png");
  png.replace(16, 8, std::string("\x00\x00\x3e\x80\x00\x00\x3e\x80", 8));  // 16,000 x 16,000
  try {
    DecodeImage(png, "big.png");
    FAIL() << "it was decoded";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("16000 x 16000 pixels"));
  }
}

}  // namespace
}  // namespace bcr
