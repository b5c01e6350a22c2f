#include "protocols/views.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "harness/core/error.h"
#include "harness/core/random.h"

namespace bcr {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Images = std::vector<ImageRecord>;

// `per_identity` images of each identity, dealt to cameras in turn.
Images MakeImages(int identities, int per_identity, int cameras, const std::string& prefix = "p") {
  Images images;
  for (int i = 0; i < identities; ++i) {
    for (int j = 0; j < per_identity; ++j) {
      images.push_back({fmt::format("{}{:03}_{:02}.jpg", prefix, i, j),
                        fmt::format("{}{:03}", prefix, i), fmt::format("c{}", j % cameras)});
    }
  }
  return images;
}

TrainingViews Views(const std::string& setting, const Images& target, uint64_t seed = 1,
                    const Images* source = nullptr, int max_identities = 0) {
  return MakeViews(FindSetting(setting), {&target, source}, seed, max_identities);
}

std::map<std::string, std::vector<size_t>> ByIdentity(const Images& images,
                                                      const std::vector<size_t>& rows) {
  std::map<std::string, std::vector<size_t>> groups;
  for (size_t row : rows) groups[images[row].identity].push_back(row);
  return groups;
}

bool Disjoint(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  const std::set<std::string> set(a.begin(), a.end());
  return std::none_of(b.begin(), b.end(),
                      [&](const std::string& item) { return set.count(item) > 0; });
}

bool Subset(const std::vector<size_t>& part, const std::vector<size_t>& whole) {
  return std::includes(whole.begin(), whole.end(), part.begin(), part.end());
}

TEST(Views, HalfOfEachIdentitysImages) {
  const Images images = MakeImages(40, 7, 3);
  const TrainingViews views = Views("in-domain-data", images);
  EXPECT_EQ(views.old_model.identities, views.new_model.identities);
  EXPECT_EQ(views.new_model.identities.size(), 36U);
  EXPECT_EQ(views.new_model.rows.size(), 36U * 7);
  EXPECT_TRUE(Subset(views.old_model.rows, views.new_model.rows));
  for (const auto& [identity, rows] : ByIdentity(images, views.old_model.rows)) {
    EXPECT_EQ(rows.size(), 4U) << "3.5 rounds up";
    std::set<std::string> cameras;
    for (size_t row : rows) cameras.insert(images[row].camera);
    EXPECT_EQ(cameras.size(), 3U) << identity;
  }
}

TEST(Views, HalfOfTheIdentities) {
  const Images images = MakeImages(40, 5, 2);
  const TrainingViews views = Views("in-domain-identities", images);
  EXPECT_EQ(views.old_model.identities.size(), 18U);
  EXPECT_EQ(views.old_model.rows.size(), 18U * 5);
  EXPECT_TRUE(Subset(views.old_model.rows, views.new_model.rows));
}

TEST(Views, TheSameImagesInTheBackboneSetting) {
  const TrainingViews views = Views("in-domain-backbone", MakeImages(20, 4, 2));
  EXPECT_EQ(views.old_model.rows, views.new_model.rows);
  EXPECT_EQ(views.old_model.hash, views.new_model.hash);
}

TEST(Views, AtLeastTwoImagesWhereThereAreTwo) {
  Images images = MakeImages(12, 3, 3);
  images.push_back({"single.jpg", "single", "c0"});
  Setting setting = FindSetting("in-domain-data");
  setting.old_model.images = 0.01;
  setting.validation_share = 0;
  const TrainingViews views = MakeViews(setting, {&images, nullptr}, 5);
  for (const auto& [identity, rows] : ByIdentity(images, views.old_model.rows)) {
    ASSERT_EQ(rows.size(), identity == "single" ? 1U : 2U);
    if (rows.size() == 1) continue;
    EXPECT_NE(images[rows[0]].camera, images[rows[1]].camera);
  }
}

TEST(Views, SmallerSharesAreSubsetsOfLargerOnes) {
  const Images images = MakeImages(20, 9, 4);
  Setting setting = FindSetting("in-domain-data");
  std::vector<size_t> previous;
  for (double share : {0.1, 0.3, 0.5, 0.8, 1.0}) {
    setting.old_model.images = setting.old_model.identities = share;
    const TrainingViews views = MakeViews(setting, {&images, nullptr}, 3);
    EXPECT_TRUE(Subset(previous, views.old_model.rows)) << share;
    EXPECT_GT(views.old_model.rows.size(), previous.size());
    previous = views.old_model.rows;
  }
}

TEST(Views, ValidationIsHeldOutFromBothModels) {
  const Images images = MakeImages(40, 4, 2);
  for (const char* setting : {"in-domain-data", "in-domain-identities", "in-domain-backbone"}) {
    const TrainingViews views = Views(setting, images);
    const ViewRows& validation = views.validation.at("target");
    EXPECT_EQ(validation.identities.size(), 4U);
    EXPECT_EQ(validation.rows.size(), 16U);
    EXPECT_TRUE(Disjoint(validation.identities, views.old_model.identities));
    EXPECT_TRUE(Disjoint(validation.identities, views.new_model.identities));
  }
  EXPECT_EQ(Views("in-domain-data", images).validation.at("target").rows,
            Views("in-domain-identities", images).validation.at("target").rows);
}

TEST(Views, CrossDomainHoldsOutPerRole) {
  const Images target = MakeImages(30, 4, 2), source = MakeImages(50, 4, 2, "s");
  const TrainingViews views = Views("cross-domain-supervised", target, 1, &source);
  EXPECT_EQ(views.old_model.data, "source");
  EXPECT_EQ(views.new_model.data, "target");
  EXPECT_EQ(views.old_model.identities.size(), 45U);
  EXPECT_EQ(views.new_model.identities.size(), 27U);
  EXPECT_TRUE(Disjoint(views.validation.at("source").identities, views.old_model.identities));
  EXPECT_TRUE(Disjoint(views.validation.at("target").identities, views.new_model.identities));
  EXPECT_THAT(views.source_model.rows, IsEmpty());
  EXPECT_EQ(Views("cross-domain-unsupervised", target, 1, &source).source_model.rows,
            views.old_model.rows);
}

TEST(Views, ValidationCanBeScoredAcrossCamerasWherePossible) {
  Images images = MakeImages(40, 3, 1);
  for (ImageRecord& image : images) {
    if ((image.identity == "p007" || image.identity == "p023") && image.name.ends_with("_01.jpg"))
      image.camera = "c9";
  }
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const auto validation =
        Views("in-domain-data", images, seed).validation.at("target").identities;
    EXPECT_THAT(validation, ::testing::IsSupersetOf({"p007", "p023"}));
  }
}

TEST(Views, SameSeedSameBytesAndSeedsDiffer) {
  const Images images = MakeImages(40, 6, 3);
  EXPECT_EQ(Views("in-domain-data", images, 7).lists, Views("in-domain-data", images, 7).lists);
  const TrainingViews a = Views("in-domain-data", images, 7),
                      b = Views("in-domain-data", images, 8);
  EXPECT_NE(a.old_model.rows, b.old_model.rows);
  EXPECT_NE(a.validation.at("target").rows, b.validation.at("target").rows);
  EXPECT_NE(a.hash, b.hash);
}

TEST(Views, TheOrderOfRowsDoesNotMatter) {
  const Images images = MakeImages(25, 6, 3);
  Images shuffled = images;
  Random random(99);
  random.Shuffle(shuffled);
  EXPECT_EQ(Views("in-domain-data", images).lists, Views("in-domain-data", shuffled).lists);
  EXPECT_EQ(Views("in-domain-data", images).old_model.hash,
            Views("in-domain-data", shuffled).old_model.hash);
}

TEST(Views, ListsHoldNamesAndIdentities) {
  const Images images = MakeImages(10, 4, 2);
  const TrainingViews views = Views("in-domain-data", images);
  const Json lists = ParseJson(views.lists, "lists");
  ASSERT_EQ(lists["old"]["images"].size(), views.old_model.rows.size());
  const ImageRecord& first = images[views.old_model.rows.front()];
  EXPECT_EQ(lists["old"]["images"][0], Json::array({first.name, first.identity}));
  EXPECT_EQ(lists["validation"]["target"]["identities"].size(), 2U);
  EXPECT_EQ(lists["setting"], "in-domain-data");
}

TEST(Views, SubsetBoundsTheIdentities) {
  const TrainingViews views = Views("in-domain-data", MakeImages(50, 4, 2), 1, nullptr, 12);
  EXPECT_EQ(views.validation.at("target").identities.size(), 2U);
  EXPECT_EQ(views.new_model.identities.size(), 10U);
}

TEST(Views, TooLittleDataIsRefused) {
  EXPECT_THROW(Views("in-domain-data", {}), Error);
  EXPECT_THROW(Views("in-domain-data", MakeImages(3, 4, 2)), Error);
  EXPECT_THROW(Views("cross-domain-supervised", MakeImages(10, 4, 2)), Error) << "no source";
  Images twice = MakeImages(10, 4, 2);
  twice.push_back(twice.front());
  EXPECT_THROW(Views("in-domain-data", twice), Error);
  EXPECT_EQ(Views("in-domain-data", MakeImages(4, 4, 2)).new_model.identities.size(), 2U);
}

TEST(SplitOrder, IsAPermutation) {
  std::vector<size_t> order = SplitOrder({"a", "b", "a", "c", "a"}, 4);
  std::sort(order.begin(), order.end());
  EXPECT_THAT(order, ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(SplitOrder({}, 4), IsEmpty());
}

// 12 images of camera a and 4 of b: every prefix holds a quarter of b, to within one image.
TEST(SplitOrder, PrefixesKeepTheProportionOfCameras) {
  std::vector<std::string> cameras(12, "a");
  cameras.insert(cameras.end(), 4, "b");
  for (uint64_t seed = 0; seed < 10; ++seed) {
    const std::vector<size_t> order = SplitOrder(cameras, seed);
    EXPECT_NE(cameras[order[0]], cameras[order[1]]);
    int of_b = 0;
    for (size_t i = 0; i < order.size(); ++i) {
      of_b += cameras[order[i]] == "b" ? 1 : 0;
      EXPECT_NEAR(of_b, static_cast<double>(i + 1) / 4, 1.0)
          << "seed " << seed << ", prefix " << i + 1;
    }
  }
}

TEST(SplitOrder, SeedsDiffer) {
  const std::vector<std::string> cameras(30, "a");
  EXPECT_NE(SplitOrder(cameras, 1), SplitOrder(cameras, 2));
}

TEST(ShareOf, RoundsHalfUpWithinItsBounds) {
  EXPECT_EQ(ShareOf(0.5, 7, 2), 4U);
  EXPECT_EQ(ShareOf(0.3, 10, 2), 3U);
  EXPECT_EQ(ShareOf(0.29, 100, 2), 29U) << "the product is 28.999999999999996";
  EXPECT_EQ(ShareOf(0.1, 5, 2), 2U);
  EXPECT_EQ(ShareOf(0.1, 1, 2), 1U);
  EXPECT_EQ(ShareOf(1.0, 9, 2), 9U);
  EXPECT_EQ(ShareOf(0.5, 0, 2), 0U);
}

}  // namespace
}  // namespace bcr
