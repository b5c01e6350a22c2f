// What every augmenter of the table promises. A new one is found by itself.
#include "harness/train/augmenter.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <set>

#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/data/augment.h"
#include "harness/train/recipe.h"

namespace bcr {
namespace {

using ::testing::HasSubstr;

constexpr int kHeight = 32, kWidth = 16, kValues = 3 * kHeight * kWidth;

std::vector<uint8_t> Noise() {
  std::vector<uint8_t> rgb(kValues);
  Random random(5);
  for (uint8_t& value : rgb) value = static_cast<uint8_t>(random.Below(256));
  return rgb;
}

std::vector<float> Changed(const Augmenter& augmenter, uint64_t seed, bool normalised = false) {
  const std::vector<uint8_t> rgb = Noise();
  std::vector<float> out(kValues, -1000.0F);
  TrainingImage image(rgb.data(), kHeight, kWidth, out.data());
  if (normalised) image.planes();
  augmenter.Change(seed, image);
  image.planes();
  return out;
}

std::unique_ptr<Augmenter> Made(const std::string& name, const std::string& parameters = "{}") {
  return std::move(MakeAugmenters(augmenter_table(),
                                  {{.augmenter = name, .parameters = parameters}}, "test")[0]);
}

TEST(Augmenters, DescriptorsAreComplete) {
  std::set<std::string> names;
  for (const AugmenterInfo* info : augmenter_table()) {
    EXPECT_TRUE(names.insert(info->name).second);
    EXPECT_GE(info->revision, 1) << info->name;
    EXPECT_FALSE(info->about.empty() || info->source.empty()) << info->name;
    EXPECT_TRUE(ParseJson(info->parameters, info->name).is_object());
    Made(info->name);
  }
}

TEST(Augmenters, EqualSeedsGiveEqualBits) {
  for (const AugmenterInfo* info : augmenter_table()) {
    const auto one = Made(info->name), other = Made(info->name);
    for (uint64_t seed = 0; seed < 20; ++seed) {
      EXPECT_EQ(Changed(*one, seed), Changed(*other, seed)) << info->name;
      EXPECT_EQ(Changed(*one, seed), Changed(*one, seed, /*normalised=*/true)) << info->name;
    }
  }
}

// The table's defaults are those of AugmentOptions, and nothing is done beside AugmentImage.
TEST(Standard, IsTheAugmentationOfTheDataSide) {
  const auto standard = Made("standard"), jittered = Made("standard", R"({"jitter": 1, "pad": 3})");
  AugmentOptions options;
  options.jitter = 1;
  options.pad = 3;
  const std::vector<uint8_t> rgb = Noise();
  for (uint64_t seed = 0; seed < 20; ++seed) {
    std::vector<float> expected(kValues);
    AugmentImage(rgb.data(), kHeight, kWidth, AugmentOptions(), seed, expected.data());
    EXPECT_EQ(Changed(*standard, seed), expected);
    AugmentImage(rgb.data(), kHeight, kWidth, options, seed, expected.data());
    EXPECT_EQ(Changed(*jittered, seed), expected);
  }
}

TEST(Standard, ValuesOutsideTheirRangeAreRefused) {
  const auto refusal = [](const std::string& parameters) -> std::string {
    try {
      Made("standard", parameters);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kConfig);
      return error.what();
    }
    return "accepted";
  };
  EXPECT_THAT(refusal(R"({"flip": 1.5})"), HasSubstr("flip"));
  EXPECT_THAT(refusal(R"({"pad": 1.5})"), HasSubstr("pad"));
  EXPECT_THAT(refusal(R"({"erase_area_low": 0.5})"), HasSubstr("low <= high"));
  EXPECT_THAT(refusal(R"({"erase_aspect": 0})"), HasSubstr("aspect in (0, 1]"));
  EXPECT_THAT(refusal(R"({"flipp": 0.5})"), HasSubstr("`flip`"));
}

}  // namespace
}  // namespace bcr
