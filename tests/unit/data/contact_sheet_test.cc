#include "harness/data/contact_sheet.h"

#include <gtest/gtest.h>

#include <vector>

#include "harness/data/image_store.h"
#include "harness/data/png.h"

namespace bcr {
namespace {

// The pixel of a decoded picture.
std::vector<int> At(const DecodedImage& image, int row, int column) {
  const uint8_t* pixel = image.rgb.data() + 3 * (row * image.width + column);
  return {pixel[0], pixel[1], pixel[2]};
}

TEST(Png, IsReadAsItWasWritten) {
  const std::vector<uint8_t> rgb = {255, 0, 0, 0, 255, 0, 0, 0, 255, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  const DecodedImage read = DecodeImage(EncodePng(rgb.data(), 2, 3), "test");
  EXPECT_EQ(read.height, 2);
  EXPECT_EQ(read.width, 3);
  EXPECT_EQ(read.rgb, rgb);
}

TEST(ContactSheet, ImagesStandRowByRowWithWhiteBetweenThem) {
  ContactSheet sheet(2, 2, 3, 4);
  for (uint8_t i = 1; i <= 5; ++i) {
    const std::vector<uint8_t> image(3 * 4 * 3, static_cast<uint8_t>(10 * i));
    if (i != 4) sheet.Add(image.data());  // the fifth comes fourth
  }
  const std::vector<uint8_t> more(3 * 4 * 3, 77);
  sheet.Add(more.data());  // no place is left
  const DecodedImage picture = DecodeImage(sheet.Png(), "test");
  EXPECT_EQ(picture.height, 2 * 3 + 3 * 2);
  EXPECT_EQ(picture.width, 2 * 4 + 3 * 2);
  const std::vector<int> white = {255, 255, 255};
  EXPECT_EQ(At(picture, 0, 0), white);
  EXPECT_EQ(At(picture, 2, 2), (std::vector<int>{10, 10, 10}));
  EXPECT_EQ(At(picture, 4, 5), (std::vector<int>{10, 10, 10}));
  EXPECT_EQ(At(picture, 2, 6), white);
  EXPECT_EQ(At(picture, 2, 8), (std::vector<int>{20, 20, 20}));
  EXPECT_EQ(At(picture, 7, 2), (std::vector<int>{30, 30, 30}));
  EXPECT_EQ(At(picture, 9, 11), (std::vector<int>{50, 50, 50}));
}

TEST(ContactSheet, PlacesThatAreNotFilledAreWhite) {
  const DecodedImage picture = DecodeImage(ContactSheet(1, 1, 2, 2).Png(), "test");
  for (const uint8_t value : picture.rgb) EXPECT_EQ(value, 255);
}

}  // namespace
}  // namespace bcr
