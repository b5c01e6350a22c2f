// How images are brought to a size: averages by hand, Pillow's bytes by Pillow, and how far the ways are apart.
#include "harness/data/resize.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

#include "harness/core/error.h"
#include "harness/data/image_store.h"

namespace bcr {
namespace {

using ::testing::HasSubstr;

// As scripts/reference/resize.py draws it.
DecodedImage Drawn() {
  DecodedImage image{37, 21, {}};
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      for (int c = 0; c < 3; ++c)
        image.rgb.push_back(static_cast<uint8_t>(37 * y + 91 * x + 53 * c + y * x));
    }
  }
  return image;
}

std::vector<uint8_t> Resized(const DecodedImage& image, int height, int width,
                             const std::string& resize) {
  std::vector<uint8_t> out(static_cast<size_t>(height) * width * 3);
  ResizeImage(image, height, width, out.data(), resize);
  return out;
}

uint64_t Fnv1a(const std::vector<uint8_t>& bytes) {
  uint64_t value = 0xcbf29ce484222325U;
  for (const uint8_t byte : bytes) value = (value ^ byte) * 0x100000001b3U;
  return value;
}

TEST(Resize, AveragesWhereItShrinksAndInterpolatesWhereItGrows) {
  DecodedImage image{2, 4, std::vector<uint8_t>(24)};
  for (size_t i = 0; i < 24; ++i)
    image.rgb[i] = static_cast<uint8_t>(10 * (i / 3 % 4));  // columns 0 10 20 30
  std::vector<uint8_t> half(3 * 2);
  ResizeImage(image, 1, 2, half.data());
  EXPECT_EQ(half[0], 5);  // mean of 0 and 10
  EXPECT_EQ(half[3], 25);
  std::vector<uint8_t> mixed(3 * 4 * 2);  // rows grow, columns shrink
  ResizeImage(image, 4, 2, mixed.data());
  for (int y = 0; y < 4; ++y) {
    EXPECT_EQ(mixed[y * 6], 5);
    EXPECT_EQ(mixed[y * 6 + 3], 25);
  }
  std::vector<uint8_t> same(24);
  ResizeImage(image, 2, 4, same.data());
  EXPECT_EQ(same, image.rgb);
}

// Of Pillow 12.0.0, by scripts/reference/resize.py: both sides shrink, both grow, one of each, one alone, and
// all of it to a pixel.
TEST(Resize, GivesPillowsBytes) {
  struct Case {
    const char* resize;
    int height, width;
    uint64_t hash;
  };
  const Case cases[] = {
      {"pillow-bilinear", 24, 16, 0x447304fea4770c0dU},
      {"pillow-bilinear", 64, 32, 0x85d5fc2c280cef6U},
      {"pillow-bilinear", 20, 40, 0x608d1493c4f02028U},
      {"pillow-bilinear", 37, 8, 0x937d8285031ac8f0U},
      {"pillow-bilinear", 9, 21, 0x291523f9f8fcec46U},
      {"pillow-bilinear", 1, 1, 0x2fb6461ae17979e5U},
      {"pillow-bicubic", 24, 16, 0x4cd7302bca762a88U},
      {"pillow-bicubic", 64, 32, 0x2c118938cc1eb6e0U},
      {"pillow-bicubic", 20, 40, 0x59eb5daa75d7461bU},
      {"pillow-bicubic", 37, 8, 0xb04e24d06d21f27U},
      {"pillow-bicubic", 9, 21, 0x11fc4dbaa2f2e781U},
      {"pillow-bicubic", 1, 1, 0x2fb6451ae1797832U},
  };
  const DecodedImage image = Drawn();
  for (const Case& one : cases) {
    EXPECT_EQ(Fnv1a(Resized(image, one.height, one.width, one.resize)), one.hash)
        << one.resize << " " << one.height << "x" << one.width;
  }
}

// A single bright column among dark ones, at an eighth of the width: antialiased ways see it wherever it
// lies, the others only near the middle of a new pixel.
int ColumnsUnseen(const std::string& resize) {
  int unseen = 0;
  for (size_t column = 0; column < 64; ++column) {
    DecodedImage image{8, 64, std::vector<uint8_t>(size_t{8} * 64 * 3)};
    for (size_t y = 0; y < 8; ++y) image.rgb[(y * 64 + column) * 3] = 255;
    int seen = 0;
    for (const uint8_t byte : Resized(image, 8, 8, resize)) seen += byte;
    unseen += seen == 0 ? 1 : 0;
  }
  return unseen;
}

TEST(Resize, OnlyAntialiasedWaysSeeEveryPixel) {
  for (const char* resize : {"area", "pillow-bilinear", "pillow-bicubic"})
    EXPECT_EQ(ColumnsUnseen(resize), 0) << resize;
  EXPECT_EQ(ColumnsUnseen("bilinear"), 64 - 8 * 2) << "two columns for each new pixel";
  // The outer two of four have negative weights, which end as 0.
  EXPECT_EQ(ColumnsUnseen("bicubic"), 64 - 8 * 2);
}

// Where nothing is left out the ways are close to each other: a smooth picture at half its size.
TEST(Resize, SmoothPicturesAreMuchTheSameByAllWays) {
  DecodedImage image{64, 32, {}};
  for (int i = 0; i < 64 * 32; ++i) {
    const double wave = std::sin(i / 32 * 0.1) + std::cos(i % 32 * 0.15);
    for (int c = 0; c < 3; ++c) image.rgb.push_back(static_cast<uint8_t>(128 + 40 * wave + 10 * c));
  }
  const std::vector<uint8_t> usual = Resized(image, 32, 16, kUsualResize);
  for (const std::string& resize : ResizeNames()) {
    const std::vector<uint8_t> other = Resized(image, 32, 16, resize);
    for (size_t i = 0; i < usual.size(); ++i)
      ASSERT_LE(std::abs(usual[i] - other[i]), 4) << resize << " at " << i;
  }
}

TEST(Resize, EveryWayLeavesAnImageOfTheSizeAsItIs) {
  const DecodedImage image = Drawn();
  for (const std::string& resize : ResizeNames())
    EXPECT_EQ(Resized(image, image.height, image.width, resize), image.rgb) << resize;
}

TEST(Resize, AnUnknownWayIsRefusedWithASuggestion) {
  EXPECT_NO_THROW(CheckResize("bicubic", "here"));
  try {
    CheckResize("bicubik", "profile x: input.resize");
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kConfig);
    EXPECT_THAT(error.what(), HasSubstr("profile x: input.resize"));
    EXPECT_THAT(error.what(), HasSubstr("did you mean `bicubic`"));
  }
}

}  // namespace
}  // namespace bcr
