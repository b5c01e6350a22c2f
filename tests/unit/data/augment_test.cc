#include "harness/data/augment.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/data/training_image.h"

namespace bcr {
namespace {

constexpr int kHeight = 64, kWidth = 32, kPlane = kHeight * kWidth;
constexpr float kMean[3] = {0.485F, 0.456F, 0.406F};
constexpr float kDeviation[3] = {0.229F, 0.224F, 0.225F};

std::vector<uint8_t> Noise(uint64_t seed) {
  std::vector<uint8_t> rgb(kPlane * 3);
  Random random(seed);
  for (uint8_t& value : rgb)
    value = static_cast<uint8_t>(1 + random.Below(255));  // never 0: padding stands out
  return rgb;
}

AugmentOptions Off() {
  AugmentOptions options;
  options.flip = options.jitter = options.erase = 0.0;
  options.pad = 0;
  return options;
}

std::vector<float> Augmented(const std::vector<uint8_t>& rgb, const AugmentOptions& options,
                             uint64_t seed) {
  std::vector<float> out(rgb.size(), NAN);
  AugmentImage(rgb.data(), kHeight, kWidth, options, seed, out.data());
  return out;
}

std::vector<float> Plain(const std::vector<uint8_t>& rgb, bool flip = false) {
  std::vector<float> out(rgb.size(), NAN);
  NormalizeImage(rgb.data(), kHeight, kWidth, flip, out.data());
  return out;
}

TEST(Normalize, FollowsTheImageNetFormulaPerPlane) {
  const std::vector<uint8_t> rgb = Noise(1);
  const std::vector<float> out = Plain(rgb);
  for (int i = 0; i < kPlane; ++i) {
    for (int c = 0; c < 3; ++c) {
      ASSERT_NEAR(out[c * kPlane + i], (rgb[i * 3 + c] / 255.0 - kMean[c]) / kDeviation[c], 1e-6);
    }
  }
}

TEST(Normalize, FlipMirrorsExactly) {
  const std::vector<uint8_t> rgb = Noise(2);
  const std::vector<float> plain = Plain(rgb), mirrored = Plain(rgb, true);
  for (int row = 0; row < 3 * kHeight; ++row) {
    for (int x = 0; x < kWidth; ++x) {
      ASSERT_EQ(mirrored[row * kWidth + x], plain[row * kWidth + kWidth - 1 - x]);
    }
  }
}

TEST(Augment, AllOffIsPlainNormalisation) {
  const std::vector<uint8_t> rgb = Noise(3);
  EXPECT_EQ(Augmented(rgb, Off(), 5), Plain(rgb));
}

TEST(Augment, DependsOnTheSeedAlone) {
  const std::vector<uint8_t> rgb = Noise(4);
  AugmentOptions options;
  options.jitter = 0.5;
  std::set<std::vector<float>> distinct;
  for (uint64_t seed = 0; seed < 20; ++seed) {
    EXPECT_EQ(Augmented(rgb, options, seed), Augmented(rgb, options, seed));
    distinct.insert(Augmented(rgb, options, seed));
  }
  EXPECT_GE(distinct.size(), 19U);
}

TEST(Augment, FlipsAtTheStatedRateAndExactly) {
  const std::vector<uint8_t> rgb = Noise(5);
  const std::vector<float> plain = Plain(rgb), mirrored = Plain(rgb, true);
  AugmentOptions options = Off();
  options.flip = 0.5;
  int flips = 0;
  for (uint64_t seed = 0; seed < 1000; ++seed) {
    const std::vector<float> out = Augmented(rgb, options, seed);
    ASSERT_TRUE(out == plain || out == mirrored);
    flips += out == mirrored ? 1 : 0;
  }
  EXPECT_NEAR(flips, 500, 80);  // five deviations
}

// Offset of the crop in [0, 2 * pad] found by comparing with the padded original; -1 where none
// fits.
std::pair<int, int> FindOffset(const std::vector<float>& out, const std::vector<float>& plain,
                               int pad) {
  const float black = (0.0F - kMean[0]) / kDeviation[0];
  for (int oy = 0; oy <= 2 * pad; ++oy) {
    for (int ox = 0; ox <= 2 * pad; ++ox) {
      bool same = true;
      for (int y = 0; same && y < kHeight; ++y) {
        for (int x = 0; same && x < kWidth; ++x) {
          const int sy = y + oy - pad, sx = x + ox - pad;
          const bool inside = sy >= 0 && sy < kHeight && sx >= 0 && sx < kWidth;
          const float expected = inside ? plain[sy * kWidth + sx] : black;
          same = std::abs(out[y * kWidth + x] - expected) < 1e-6F;
        }
      }
      if (same) return {oy, ox};
    }
  }
  return {-1, -1};
}

TEST(Augment, CropsFromBlackPaddingWithEveryOffsetReachable) {
  const std::vector<uint8_t> rgb = Noise(6);
  const std::vector<float> plain = Plain(rgb);
  AugmentOptions options = Off();
  options.pad = 2;
  std::set<std::pair<int, int>> offsets;
  for (uint64_t seed = 0; seed < 400; ++seed) {
    const auto offset = FindOffset(Augmented(rgb, options, seed), plain, options.pad);
    ASSERT_GE(offset.first, 0) << seed;
    offsets.insert(offset);
  }
  EXPECT_EQ(offsets.size(), 25U);
}

TEST(Augment, PaddingLargerThanTheImageStaysInBounds) {
  const std::vector<uint8_t> rgb = Noise(7);
  AugmentOptions options = Off();
  options.pad = 100;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    for (const float value : Augmented(rgb, options, seed)) ASSERT_TRUE(std::isfinite(value));
  }
}

struct Patch {
  int top = kHeight, left = kWidth, bottom = -1, right = -1, pixels = 0;
  int height() const { return bottom - top + 1; }
  int width() const { return right - left + 1; }
};

Patch FindPatch(const std::vector<float>& out, const std::vector<float>& plain) {
  Patch patch;
  for (int i = 0; i < kPlane; ++i) {
    if (out[i] == plain[i] && out[kPlane + i] == plain[kPlane + i]) continue;
    for (int c = 0; c < 3; ++c)
      EXPECT_EQ(out[c * kPlane + i], kMean[c]) << "fill after normalisation";
    patch.top = std::min(patch.top, i / kWidth);
    patch.bottom = std::max(patch.bottom, i / kWidth);
    patch.left = std::min(patch.left, i % kWidth);
    patch.right = std::max(patch.right, i % kWidth);
    ++patch.pixels;
  }
  return patch;
}

TEST(Augment, ErasesOneRectangleWithinAreaAndAspectBounds) {
  const std::vector<uint8_t> rgb = Noise(8);
  const std::vector<float> plain = Plain(rgb);
  AugmentOptions options = Off();
  options.erase = 1.0;
  bool touched_bottom = false, touched_right = false;
  for (uint64_t seed = 0; seed < 500; ++seed) {
    const Patch patch = FindPatch(Augmented(rgb, options, seed), plain);
    ASSERT_GT(patch.pixels, 0);
    ASSERT_EQ(patch.pixels, patch.height() * patch.width()) << "a filled rectangle";
    ASSERT_LT(patch.height(), kHeight);
    ASSERT_LT(patch.width(), kWidth);
    // Sides are rounded, so bounds hold up to half a pixel on each.
    ASSERT_GE((patch.height() + 0.5) * (patch.width() + 0.5), 0.02 * kPlane);
    ASSERT_LE((patch.height() - 0.5) * (patch.width() - 0.5), 0.4 * kPlane);
    ASSERT_GE((patch.height() + 0.5) / (patch.width() - 0.5), 0.3);
    ASSERT_LE((patch.height() - 0.5) / (patch.width() + 0.5), 1 / 0.3);
    touched_bottom |= patch.bottom == kHeight - 1;
    touched_right |= patch.right == kWidth - 1;
  }
  EXPECT_TRUE(touched_bottom && touched_right) << "positions include both ends";
}

TEST(Augment, ImageIsLeftAloneWhereNoPatchFits) {
  const std::vector<uint8_t> rgb = Noise(9);
  AugmentOptions options = Off();
  options.erase = 1.0;
  options.erase_area_low = options.erase_area_high = 1.0;
  options.erase_aspect = 1.0;
  EXPECT_EQ(Augmented(rgb, options, 1), Plain(rgb));
}

// Vectors (area share, aspect) -> height x width at 256 x 128, official code's rounding.
TEST(Augment, PatchSidesFollowThePublishedRounding) {
  struct Case {
    double area, aspect;
    int height, width;
  };
  const std::vector<uint8_t> rgb(256 * 128 * 3, 90);
  for (const Case& c : {Case{0.2, 1.0, 81, 81}, Case{0.1, 1.0, 57, 57}, Case{0.02, 1.0, 26, 26}}) {
    AugmentOptions options = Off();
    options.erase = 1.0;
    options.erase_area_low = options.erase_area_high = c.area;
    options.erase_aspect = c.aspect;
    std::vector<float> out(rgb.size());
    AugmentImage(rgb.data(), 256, 128, options, 3, out.data());
    EXPECT_EQ(std::count(out.begin(), out.begin() + 256 * 128, kMean[0]), c.height * c.width);
  }
}

TEST(Augment, JitterOfAGreyImageIsOneBrightnessWithinItsBound) {
  const std::vector<uint8_t> rgb(kPlane * 3, 100);
  AugmentOptions options = Off();
  options.jitter = 1.0;
  options.jitter_strength = 0.2;
  float low = 1e9F, high = 0;
  for (uint64_t seed = 0; seed < 300; ++seed) {
    const std::vector<float> out = Augmented(rgb, options, seed);
    const float value = (out[0] * kDeviation[0] + kMean[0]) * 255.0F;
    for (int c = 0; c < 3; ++c) {
      ASSERT_NEAR((out[c * kPlane + 77] * kDeviation[c] + kMean[c]) * 255.0F, value, 1e-2F);
    }
    low = std::min(low, value);
    high = std::max(high, value);
  }
  EXPECT_GE(low, 79.99F);
  EXPECT_LE(high, 120.01F);
  EXPECT_LT(low, 84.0F);
  EXPECT_GT(high, 116.0F);
}

TEST(Augment, TurningOnePartOffLeavesTheOthersDraws) {
  const std::vector<uint8_t> rgb = Noise(10);
  AugmentOptions erase_only = Off(), both = Off();
  erase_only.erase = both.erase = 1.0;
  both.flip = 1.0;
  const Patch a = FindPatch(Augmented(rgb, erase_only, 4), Plain(rgb));
  const Patch b = FindPatch(Augmented(rgb, both, 4), Plain(rgb, true));
  EXPECT_EQ(a.top, b.top);
  EXPECT_EQ(a.left, b.left);
  EXPECT_EQ(a.pixels, b.pixels);
}

// What an earlier augmenter left behind is floats: mirror and crop then move those.
TEST(Augment, NormalisedImagesGiveTheSameBits) {
  const std::vector<uint8_t> rgb = Noise(14);
  AugmentOptions options;
  options.pad = 5;
  options.jitter = 0.5;
  for (uint64_t seed = 0; seed < 40; ++seed) {
    std::vector<float> out(rgb.size(), NAN);
    TrainingImage image(rgb.data(), kHeight, kWidth, out.data());
    EXPECT_EQ(image.untouched(), rgb.data());
    image.planes();
    EXPECT_EQ(image.untouched(), nullptr);
    ASSERT_EQ(out, Plain(rgb));
    AugmentImage(options, seed, image);
    ASSERT_EQ(out, Augmented(rgb, options, seed)) << seed;
  }
}

TEST(Augment, ChangesOfAnEarlierAugmenterAreKept) {
  const std::vector<uint8_t> rgb = Noise(15);
  std::vector<float> out(rgb.size(), NAN);
  TrainingImage image(rgb.data(), kHeight, kWidth, out.data());
  for (int i = 0; i < 3 * kPlane; ++i) image.planes()[i] = 7;
  AugmentImage(Off(), 1, image);
  EXPECT_EQ(out, std::vector<float>(out.size(), 7));
}

TEST(Augment, ValuesOutsideTheirRangeAreRefused) {
  const auto refuse = [](auto change) {
    AugmentOptions options;
    change(options);
    EXPECT_THROW(CheckAugmentOptions(options, "here"), Error);
  };
  CheckAugmentOptions(AugmentOptions(), "here");
  refuse([](AugmentOptions& o) { o.flip = 1.5; });
  refuse([](AugmentOptions& o) { o.pad = -1; });
  refuse([](AugmentOptions& o) { o.erase_aspect = 0; });
  refuse([](AugmentOptions& o) { o.erase_area_low = 0.5; });
}

}  // namespace
}  // namespace bcr
