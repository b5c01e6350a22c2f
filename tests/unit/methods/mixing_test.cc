// Augmenters that mix batches: mixup and cutmix by the fact sheet's vectors, and what every mixer of the
// table promises.
#include "methods/support/mixing.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>

#include "harness/core/error.h"
#include "harness/train/augmenter.h"
#include "harness/train/recipe.h"

namespace bcr {
namespace {

MixableBatch OfBatch(std::vector<size_t> places, size_t size = 16) {
  return {.size = size, .places = std::move(places), .height = 256, .width = 128};
}

std::vector<size_t> AllOf(size_t size) {
  std::vector<size_t> places(size);
  std::iota(places.begin(), places.end(), size_t{0});
  return places;
}

std::unique_ptr<Augmenter> Made(const std::string& name, const std::string& parameters = "{}") {
  return std::move(MakeAugmenters(augmenter_table(),
                                  {{.augmenter = name, .parameters = parameters}}, "test")[0]);
}

TEST(CutMix, BoxesOfTheSheet) {
  const MixableBatch batch = OfBatch({});
  const BatchMix whole = BoxAround(128, 64, 128, 64, batch);
  EXPECT_EQ(whole.top, 64);
  EXPECT_EQ(whole.bottom, 192);
  EXPECT_EQ(whole.left, 32);
  EXPECT_EQ(whole.right, 96);
  EXPECT_EQ(whole.share, 0.75);
  const BatchMix cut = BoxAround(20, 10, 128, 64, batch);
  EXPECT_EQ(cut.top, 0);
  EXPECT_EQ(cut.bottom, 84);
  EXPECT_EQ(cut.left, 0);
  EXPECT_EQ(cut.right, 42);
  EXPECT_NEAR(cut.share, 0.89233398, 1e-8);
  const BatchMix corner = BoxAround(255, 127, 256, 128, batch);
  EXPECT_EQ(corner.bottom, 256);
  EXPECT_EQ(corner.right, 128);
}

TEST(Beta, MomentsAreThoseOfTheDistribution) {
  for (const double a : {0.2, 1.0, 4.0}) {
    Random random(11);
    double sum = 0, squares = 0;
    constexpr int kDraws = 20'000;
    for (int i = 0; i < kDraws; ++i) {
      const double x = DrawBeta(a, random);
      ASSERT_GE(x, 0);
      ASSERT_LE(x, 1);
      sum += x;
      squares += x * x;
    }
    const double variance = 1 / (4 * (2 * a + 1));  // of Beta(a, a), around 1/2
    EXPECT_NEAR(sum / kDraws, 0.5, 5 * std::sqrt(variance / kDraws)) << a;
    EXPECT_NEAR(squares / kDraws - 0.25, variance, 0.03 * variance) << a;
  }
}

TEST(Beta, WithoutAParameterNothingIsMixed) {
  Random random(1), untouched(1);
  EXPECT_EQ(DrawBeta(0, random), 1);
  EXPECT_EQ(random.Next(), untouched.Next());
}

// As small as a recipe may make it: both gamma values can be 0 in rounding.
TEST(Beta, OfATinyParameterItIsStillAShare) {
  Random random(3);
  for (int i = 0; i < 1000; ++i) {
    const double x = DrawBeta(1e-4, random);
    EXPECT_TRUE(x >= 0 && x <= 1) << x;
  }
}

class Mixer : public ::testing::TestWithParam<const char*> {};

std::vector<std::optional<BatchMix>> ManyOf(const Augmenter& mixer, const MixableBatch& batch) {
  std::vector<std::optional<BatchMix>> mixes;
  for (uint64_t seed = 0; seed < 200; ++seed) mixes.push_back(mixer.Mix(seed, batch));
  return mixes;
}

TEST_P(Mixer, OnlyTheImagesThatMayBeMixedArePaired) {
  const MixableBatch batch = OfBatch({1, 2, 5, 7, 11, 15});
  const auto mixer = Made(GetParam());
  int64_t moved = 0, mixed = 0;
  for (const auto& mix : ManyOf(*mixer, batch)) {
    if (!mix) continue;
    ++mixed;
    ASSERT_EQ(mix->partner.size(), 16U);
    std::vector<size_t> partners;
    for (size_t i = 0; i < 16; ++i) {
      const auto partner = static_cast<size_t>(mix->partner[i]);
      if (std::count(batch.places.begin(), batch.places.end(), i) == 0) {
        EXPECT_EQ(partner, i);
      } else {
        partners.push_back(partner);
        moved += partner == i ? 0 : 1;
      }
    }
    std::sort(partners.begin(), partners.end());
    EXPECT_EQ(partners, batch.places) << "a permutation";
    EXPECT_GE(mix->share, 0);
    EXPECT_LE(mix->share, 1);
  }
  EXPECT_GT(mixed, 70);
  EXPECT_GT(moved, 4 * mixed) << "of six images one keeps its place on average";
}

TEST_P(Mixer, EqualSeedsGiveEqualMixes) {
  const auto one = Made(GetParam()), other = Made(GetParam());
  const auto first = ManyOf(*one, OfBatch(AllOf(16))), second = ManyOf(*other, OfBatch(AllOf(16)));
  std::vector<double> shares;
  for (size_t i = 0; i < first.size(); ++i) {
    ASSERT_EQ(first[i].has_value(), second[i].has_value());
    if (!first[i]) continue;
    EXPECT_EQ(first[i]->partner, second[i]->partner);
    EXPECT_EQ(first[i]->share, second[i]->share);
    EXPECT_EQ(first[i]->top, second[i]->top);
    shares.push_back(first[i]->share);
  }
  std::sort(shares.begin(), shares.end());
  EXPECT_GT(std::unique(shares.begin(), shares.end()) - shares.begin(), 60);
}

TEST_P(Mixer, ItsProbabilityIsThatOfAMixedBatch) {
  EXPECT_FALSE(Made(GetParam(), R"({"probability": 0})")->mixes_batches());
  EXPECT_FALSE(Made(GetParam(), R"({"alpha": 0})")->mixes_batches());
  EXPECT_TRUE(Made(GetParam())->mixes_batches());
  const auto often = Made(GetParam(), R"({"probability": 0.25})");
  int64_t mixed = 0;
  for (uint64_t seed = 0; seed < 2000; ++seed)
    mixed += often->Mix(seed, OfBatch(AllOf(16))).has_value() ? 1 : 0;
  EXPECT_NEAR(static_cast<double>(mixed) / 2000, 0.25, 0.05);
}

TEST_P(Mixer, OfBatchesWithoutAnythingToMixNothingIsPaired) {
  for (const auto& mix : ManyOf(*Made(GetParam()), OfBatch({}, 3))) {
    if (mix) {
      EXPECT_EQ(mix->partner, (std::vector<int64_t>{0, 1, 2}));
    }
  }
}

TEST_P(Mixer, ValuesOutsideTheirRangeAreRefused) {
  for (const char* bad :
       {R"({"alpha": -1})", R"({"probability": 1.5})", R"({"alfa": 1})", R"({"alpha": "x"})"})
    EXPECT_THROW(Made(GetParam(), bad), Error) << bad;
}

INSTANTIATE_TEST_SUITE_P(All, Mixer, ::testing::Values("mixup", "cutmix"),
                         [](const auto& one) { return std::string(one.param); });

// Every box lies in the image, and its share is what is left of it.
TEST(CutMix, TheShareIsTheAreaThatIsLeft) {
  for (const auto& mix : ManyOf(*Made("cutmix", R"({"probability": 1})"), OfBatch(AllOf(4), 4))) {
    if (!mix) continue;
    EXPECT_TRUE(mix->box());
    EXPECT_TRUE(mix->top >= 0 && mix->bottom <= 256 && mix->left >= 0 && mix->right <= 128);
    const double area = (mix->bottom - mix->top) * (mix->right - mix->left);
    EXPECT_EQ(mix->share, 1 - area / (256.0 * 128));
  }
}

TEST(Mixup, HasNoBox) {
  for (const auto& mix : ManyOf(*Made("mixup"), OfBatch(AllOf(4), 4))) {
    ASSERT_TRUE(mix);
    EXPECT_FALSE(mix->box());
  }
}

}  // namespace
}  // namespace bcr
