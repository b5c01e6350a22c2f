// The augmenter `resized-crop`. That equal seeds give equal bits is in augmenter_test.cc.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "harness/core/error.h"
#include "harness/data/pixel.h"
#include "harness/train/augmenter.h"
#include "harness/train/recipe.h"

namespace bcr {
namespace {

constexpr int kHeight = 40, kWidth = 20, kPlane = kHeight * kWidth;

// Red rises from top to bottom, green from left to right, in steps of `kStep`.
constexpr int kStep = 5;
std::vector<uint8_t> Ramp() {
  std::vector<uint8_t> rgb;
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x)
      rgb.insert(rgb.end(), {static_cast<uint8_t>(y * kStep), static_cast<uint8_t>(x * kStep), 7});
  }
  return rgb;
}

std::vector<float> Changed(const Json& parameters, uint64_t seed, uint64_t shared = 0) {
  const auto made = MakeAugmenters(
      augmenter_table(), {{.augmenter = "resized-crop", .parameters = DumpJsonCompact(parameters)}},
      "test");
  const std::vector<uint8_t> rgb = Ramp();
  std::vector<float> out(3 * kPlane);
  TrainingImage image(rgb.data(), kHeight, kWidth, out.data(), shared);
  made[0]->Change(seed, image);
  image.planes();
  return out;
}

// The part in pixels, read off the ramps.
struct Part {
  double top, left, height, width;
  bool mirrored;
  explicit Part(const std::vector<float>& out) {
    const auto row = [&](int y) { return PlainValue(out[y * kWidth], 0) / kStep; };
    const auto column = [&](int x) { return PlainValue(out[kPlane + x], 1) / kStep; };
    const double tall = (row(kHeight / 2 + 5) - row(kHeight / 2 - 5)) / 10;  // of a pixel
    const double wide = (column(kWidth / 2 + 4) - column(kWidth / 2 - 4)) / 8;
    mirrored = wide < 0;
    height = tall * kHeight;
    width = std::abs(wide) * kWidth;
    top = row(kHeight / 2) + 0.5 - (kHeight / 2 + 0.5) * tall;
    const int middle = kWidth / 2;
    left =
        column(middle) + 0.5 - (mirrored ? kWidth - middle - 0.5 : middle + 0.5) * std::abs(wide);
    if (mirrored) left = column(middle) + 0.5 - (middle + 0.5) * wide - width;
  }
};

TEST(ResizedCrop, TheWholeImageKeepsItsBits) {
  const Json whole = {{"flip", 0}, {"scale_low", 1}, {"ratio_low", 1}, {"ratio_high", 1}};
  const std::vector<float> out = Changed(whole, 3);
  const std::vector<uint8_t> rgb = Ramp();
  for (int i = 0; i < kPlane; ++i) {
    for (int c = 0; c < 3; ++c)
      ASSERT_EQ(out[c * kPlane + i], NormalizedValue(rgb[static_cast<size_t>(3 * i + c)], c)) << i;
  }
  Json mirrored = whole;
  mirrored["flip"] = 1;
  const std::vector<float> other = Changed(mirrored, 3);
  for (int i = 0; i < 3 * kPlane; ++i)
    ASSERT_EQ(other[i], out[i / kWidth * kWidth + kWidth - 1 - i % kWidth]) << i;
}

TEST(ResizedCrop, PartsHaveTheSharesAndRatiosThatAreAskedFor) {
  double least = 1, most = 0;
  for (uint64_t seed = 0; seed < 300; ++seed) {
    const Part part(Changed({{"flip", 0}}, seed));
    const double area = part.height * part.width / kPlane;
    const double ratio = part.width / part.height * kHeight / kWidth;
    EXPECT_GT(area, 0.3 - 1e-3);
    EXPECT_LT(area, 1 + 1e-3);
    EXPECT_GT(ratio, 0.7 - 2e-3);
    EXPECT_LT(ratio, 1.4 + 2e-3);
    EXPECT_GT(part.top, -0.01);
    EXPECT_LT(part.top + part.height, kHeight + 0.01);
    EXPECT_GT(part.left, -0.01);
    EXPECT_LT(part.left + part.width, kWidth + 0.01);
    EXPECT_FALSE(part.mirrored);
    least = std::min(least, area);
    most = std::max(most, area);
  }
  EXPECT_LT(least, 0.35);
  EXPECT_GT(most, 0.9);
}

// Views of one image differ in their parts and agree in being mirrored.
TEST(ResizedCrop, CopiesInABatchAreMirroredAlike) {
  int mirrored = 0;
  for (uint64_t shared = 0; shared < 200; ++shared) {
    const Part one(Changed(Json::object(), 2 * shared, shared));
    const Part other(Changed(Json::object(), 2 * shared + 1, shared));
    EXPECT_EQ(one.mirrored, other.mirrored);
    EXPECT_NE(one.top, other.top);
    mirrored += one.mirrored;
  }
  EXPECT_NEAR(mirrored, 100, 29);  // four deviations
}

TEST(ResizedCrop, ParametersOutOfRangeAreRefused) {
  EXPECT_THROW(Changed({{"scale_low", 0.0}}, 0), Error);
  EXPECT_THROW(Changed({{"scale_low", 0.8}, {"scale_high", 0.5}}, 0), Error);
  EXPECT_THROW(Changed({{"ratio_low", 2.0}}, 0), Error);
  EXPECT_THROW(Changed({{"flip", 1.5}}, 0), Error);
}

}  // namespace
}  // namespace bcr
