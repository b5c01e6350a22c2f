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

// Decoders pass over them: a size that was overlooked would be no limit.
TEST(StatedSize, StrayBytesBetweenTheSegmentsOfAJpegHideNothing) {
  for (const std::string& stray : {std::string("\0stray", 6), std::string("\xFF\0\x09", 3)}) {
    std::string jpeg = Encoded(DrawnImage(37, 19, 1, CV_8UC3), ".jpg");
    jpeg.insert(20,
                stray);  // behind the first segment: OpenCV knows a JPEG by its first three bytes
    const auto size = StatedSize(jpeg);
    ASSERT_TRUE(size);
    EXPECT_EQ(size->height, 37U);
    EXPECT_EQ(size->width, 19U);
    EXPECT_EQ(DecodeImage(jpeg, "x.jpg").height, 37);
  }
}

TEST(StatedSize, OfACutHeaderIsNothing) {
  for (const char* format : {".png", ".webp"}) {
    const std::string whole = Encoded(DrawnImage(37, 19, 1, CV_8UC3), format);
    EXPECT_FALSE(StatedSize(whole.substr(0, 18))) << format;
  }
}

TEST(StatedSize, OfAWebpWithoutItsContainer) {
  std::vector<uint8_t> bytes;
  const std::vector<int> lossless = {cv::IMWRITE_WEBP_QUALITY, 101};
  cv::imencode(".webp", DrawnImage(37, 19, 1, CV_8UC3), bytes, lossless);
  for (const ptrdiff_t front : {12, 20}) {
    const std::string stream(bytes.begin() + front, bytes.end());
    EXPECT_EQ(DecodeImage(stream, "x.webp").height, 37);
    const auto size = StatedSize(stream);
    ASSERT_TRUE(size) << front;
    EXPECT_EQ(size->height, 37U);
    EXPECT_EQ(size->width, 19U);
  }
}

// With a header of 12 bytes, in which a side has 16 bits.
TEST(StatedSize, OfABitmapOfOs2) {
  const std::string bitmap =
      std::string("BM\x3e\0\0\0\0\0\0\0\x1a\0\0\0\x0c\0\0\0\x04\0\x03\0\x01\0\x18\0", 26) +
      std::string(36, '\x50');
  const DecodedImage image = DecodeImage(bitmap, "x.bmp");
  EXPECT_EQ(image.height, 3);
  EXPECT_EQ(image.width, 4);
  EXPECT_EQ(StatedSize(bitmap)->height, 3U);
  EXPECT_EQ(StatedSize(bitmap)->width, 4U);
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
