// The augmenter `grayscale`. That equal seeds give equal bits is in augmenter_test.cc.
#include <gtest/gtest.h>

#include <array>

#include "harness/core/error.h"
#include "harness/data/pixel.h"
#include "harness/train/augmenter.h"
#include "harness/train/recipe.h"

namespace bcr {
namespace {

using Planes = std::array<float, 6>;  // two pixels

Planes Changed(const std::string& parameters, uint64_t seed) {
  const uint8_t rgb[] = {255, 0, 100, 10, 200, 30};
  const auto made = MakeAugmenters(augmenter_table(),
                                   {{.augmenter = "grayscale", .parameters = parameters}}, "test");
  Planes out;
  TrainingImage image(rgb, 1, 2, out.data());
  made[0]->Change(seed, image);
  image.planes();
  return out;
}

TEST(Grayscale, AllChannelsBecomeTheLuma) {
  const Planes out = Changed(R"({"probability": 1})", 3);
  const float expected[] = {0.299F * 255 + 0.114F * 100, 2.99F + 0.587F * 200 + 0.114F * 30};
  for (int pixel = 0; pixel < 2; ++pixel) {
    for (int channel = 0; channel < 3; ++channel) {
      const float value = out[static_cast<size_t>(2 * channel + pixel)];
      EXPECT_NEAR(PlainValue(value, channel), expected[pixel], 1e-3);
    }
  }
}

TEST(Grayscale, TheRestKeepTheirBits) {
  const Planes plain = Changed(R"({"probability": 0})", 0);
  EXPECT_EQ(plain[0], NormalizedValue(255, 0));
  EXPECT_EQ(plain[5], NormalizedValue(30, 2));
  int changed = 0;
  for (uint64_t seed = 0; seed < 1000; ++seed) {
    const Planes out = Changed(R"({"probability": 0.3})", seed);
    if (out == plain) continue;
    ++changed;
    EXPECT_EQ(out, Changed(R"({"probability": 1})", seed));
  }
  EXPECT_NEAR(changed, 300, 60);  // four deviations
}

TEST(Grayscale, AProbabilityOutsideItsRangeIsRefused) {
  EXPECT_THROW(Changed(R"({"probability": 1.1})", 0), Error);
  EXPECT_THROW(Changed(R"({"probability": -0.1})", 0), Error);
}

}  // namespace
}  // namespace bcr
