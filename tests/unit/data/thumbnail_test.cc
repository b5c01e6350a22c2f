#include "harness/data/thumbnail.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>

#include "harness/core/error.h"
#include "harness/data/image_store.h"

namespace bcr {
namespace {

std::string Png(int height, int width) {
  cv::Mat image(height, width, CV_8UC3, cv::Scalar(10, 20, 200));  // blue, green, red
  std::vector<uint8_t> bytes;
  cv::imencode(".png", image, bytes);
  return {bytes.begin(), bytes.end()};
}

TEST(Thumbnail, KeepsTheShapeAndTheColours) {
  const DecodedImage small = DecodeImage(Thumbnail(Png(400, 200), "a.png", 100), "thumbnail");
  EXPECT_EQ(small.height, 100);
  EXPECT_EQ(small.width, 50);
  EXPECT_NEAR(small.rgb[0], 200, 4);
  EXPECT_NEAR(small.rgb[2], 10, 4);
}

TEST(Thumbnail, OfAWideImageIsAtMostTwiceAsWideAsHigh) {
  const DecodedImage small = DecodeImage(Thumbnail(Png(100, 1000), "a.png", 100), "thumbnail");
  EXPECT_EQ(small.width, 200);
  EXPECT_EQ(small.height, 20);
}

TEST(Thumbnail, IsNeverLargerThanTheImage) {
  const DecodedImage same = DecodeImage(Thumbnail(Png(20, 10), "a.png", 100), "thumbnail");
  EXPECT_EQ(same.height, 20);
  EXPECT_EQ(same.width, 10);
}

TEST(Thumbnail, OfWhatIsNoImageIsAnError) {
  EXPECT_THROW(Thumbnail("no image", "a.png", 100), Error);
}

}  // namespace
}  // namespace bcr
