#include "harness/data/decode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/data/image_ends.h"
#include "harness/data/jpeg_scan.h"
#include "tests/unit/data/drawn_dataset.h"

namespace bcr {
namespace {

using ::testing::HasSubstr;

std::string MessageOf(const std::string& bytes) {
  try {
    DecodeImage(bytes, "folder/0001_c1.jpg");
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kData);
    return error.what();
  }
  return "";
}

TEST(Decode, GivesRgbOfTheFilesOwnSize) {
  cv::Mat image(6, 4, CV_8UC3, cv::Scalar(10, 20, 200));  // OpenCV writes blue, green, red
  const DecodedImage decoded = DecodeImage(Encoded(image, ".png"), "a.png");
  ASSERT_EQ(decoded.height, 6);
  ASSERT_EQ(decoded.width, 4);
  ASSERT_EQ(decoded.rgb.size(), 72U);
  for (size_t i = 0; i < decoded.rgb.size(); i += 3) {
    EXPECT_EQ(decoded.rgb[i], 200);
    EXPECT_EQ(decoded.rgb[i + 1], 20);
    EXPECT_EQ(decoded.rgb[i + 2], 10);
  }
}

TEST(Decode, AlphaIsDroppedAndGreyIsReplicated) {
  cv::Mat with_alpha(5, 7, CV_8UC4, cv::Scalar(1, 2, 3, 0));
  const DecodedImage colour = DecodeImage(Encoded(with_alpha, ".png"), "a.png");
  ASSERT_EQ(colour.rgb.size(), 5U * 7 * 3);
  EXPECT_EQ(colour.rgb[0], 3);
  EXPECT_EQ(colour.rgb[1], 2);
  EXPECT_EQ(colour.rgb[2], 1);
  const DecodedImage grey =
      DecodeImage(Encoded(DrawnImage(32, 16, 1, CV_8UC1), ".jpg"), "grey.jpg");
  ASSERT_EQ(grey.rgb.size(), 32U * 16 * 3);
  for (size_t i = 0; i < grey.rgb.size(); i += 3) {
    ASSERT_EQ(grey.rgb[i], grey.rgb[i + 1]);
    ASSERT_EQ(grey.rgb[i], grey.rgb[i + 2]);
  }
}

TEST(Decode, SixteenBitPngBecomesEightBits) {
  cv::Mat deep(3, 3, CV_16UC3, cv::Scalar(0x8000, 0x8000, 0x8000));
  EXPECT_EQ(DecodeImage(Encoded(deep, ".png"), "deep.png").rgb[0], 128);
}

TEST(Decode, ExifRotationIsApplied) {
  cv::Mat image(8, 24, CV_8UC3, cv::Scalar::all(0));
  image.colRange(0, 8).setTo(cv::Scalar::all(255));  // white on the left
  std::string jpeg = Encoded(image, ".jpg");
  const char exif[] =
      "\xFF\xE1\x00\x22"
      "Exif\0\0"
      "MM\0*\0\0\0\x08"
      "\0\x01"
      "\x01\x12\0\x03\0\0\0\x01\0\x06\0\0"
      "\0\0\0\0";
  jpeg.insert(2, std::string(exif, 36));  // orientation 6: turn clockwise to view
  const DecodedImage turned = DecodeImage(jpeg, "turned.jpg");
  ASSERT_EQ(turned.height, 24);
  ASSERT_EQ(turned.width, 8);
  EXPECT_GT(turned.rgb[0], 200);  // the left edge became the top
  EXPECT_LT(turned.rgb[turned.rgb.size() - 1], 50);
}

TEST(Decode, EveryCutOfAJpegAndAPngIsDetected) {
  for (const char* extension : {".jpg", ".png"}) {
    const std::string whole = Encoded(DrawnImage(32, 16, 2), extension);
    EXPECT_TRUE(ReachesEnd(whole));
    for (size_t size = 0; size < whole.size() - 1; ++size) {
      ASSERT_NE(MessageOf(whole.substr(0, size)), "") << extension << " cut to " << size;
    }
    EXPECT_EQ(MessageOf(whole + std::string(100, '\0')), "") << "bytes after the end are allowed";
  }
}

// Whole files of every layout that walks differently.
std::vector<std::string> WholeJpegs() {
  std::vector<std::string> files;
  for (const int type : {CV_8UC3, CV_8UC1}) {
    for (const int restart : {0, 1, 3}) {
      for (const int optimised : {0, 1}) {
        std::vector<uint8_t> bytes;
        cv::imencode(".jpg", DrawnImage(45, 51, 7, type), bytes,
                     {cv::IMWRITE_JPEG_QUALITY, 97, cv::IMWRITE_JPEG_RST_INTERVAL, restart,
                      cv::IMWRITE_JPEG_OPTIMIZE, optimised});
        files.emplace_back(bytes.begin(), bytes.end());
      }
    }
  }
  return files;
}

TEST(JpegScan, WholeFilesAreSound) {
  for (const std::string& whole : WholeJpegs()) {
    EXPECT_EQ(JpegDamage(whole), "");
    EXPECT_EQ(MessageOf(whole), "");
  }
  std::vector<uint8_t> bytes;
  cv::imencode(".jpg", DrawnImage(45, 51, 7), bytes, {cv::IMWRITE_JPEG_PROGRESSIVE, 1});
  EXPECT_EQ(MessageOf({bytes.begin(), bytes.end()}), "");
}

TEST(JpegScan, DataThatEndEarlyAreFoundThoughTheEndMarkerIsThere) {
  for (const std::string& whole : WholeJpegs()) {
    const size_t header = whole.find("\xFF\xDA") + 16;
    for (size_t size = header; size < whole.size() - 6; ++size) {
      std::string cut = whole.substr(0, size);
      if (cut.back() == '\xFF') continue;  // a cut through a marker
      cut += "\xFF\xD9";
      ASSERT_TRUE(ReachesEnd(cut));
      ASSERT_NE(JpegDamage(cut), "") << "cut to " << size << " of " << whole.size();
      ASSERT_THAT(MessageOf(cut), HasSubstr("folder/0001_c1.jpg"));
    }
  }
}

TEST(Decode, EndMarkerOfAThumbnailDoesNotCount) {
  std::string jpeg = Encoded(DrawnImage(32, 16, 3), ".jpg");
  const std::string thumbnail = Encoded(DrawnImage(8, 8, 4), ".jpg");
  const size_t length = thumbnail.size() + 2;
  ASSERT_LT(length, 65536U);
  std::string segment = "\xFF\xE2";
  segment += static_cast<char>(length >> 8);
  segment += static_cast<char>(length & 255);
  jpeg.insert(2, segment + thumbnail);
  EXPECT_TRUE(ReachesEnd(jpeg));
  EXPECT_FALSE(ReachesEnd(jpeg.substr(0, jpeg.size() - 40)));
}

TEST(Decode, MessagesNameTheFile) {
  EXPECT_THAT(MessageOf("hello, I am text"), HasSubstr("folder/0001_c1.jpg"));
  EXPECT_THAT(MessageOf(""), HasSubstr("empty"));
  const std::string whole = Encoded(DrawnImage(32, 16, 2), ".jpg");
  EXPECT_THAT(MessageOf(whole.substr(0, whole.size() / 2)), HasSubstr("cut short"));
}

}  // namespace
}  // namespace bcr
