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
  TrainImages images = {{"target", &target}};
  if (source != nullptr) images["source"] = source;
  return MakeViews(FindSetting(setting), images, seed, max_identities);
}

// What a model of one data role sees.
const ViewRows& Of(const TrainingViews& views, const std::string& model) {
  return views.models.at(model).front();
}

ModelNode& NodeIn(Setting& setting, const std::string& name) {
  return *std::find_if(setting.models.begin(), setting.models.end(),
                       [&](const ModelNode& node) { return node.name == name; });
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
  EXPECT_EQ(Of(views, "old").identities, Of(views, "new").identities);
  EXPECT_EQ(Of(views, "new").identities.size(), 36U);
  EXPECT_EQ(Of(views, "new").rows.size(), 36U * 7);
  EXPECT_TRUE(Subset(Of(views, "old").rows, Of(views, "new").rows));
  for (const auto& [identity, rows] : ByIdentity(images, Of(views, "old").rows)) {
    EXPECT_EQ(rows.size(), 4U) << "3.5 rounds up";
    std::set<std::string> cameras;
    for (size_t row : rows) cameras.insert(images[row].camera);
    EXPECT_EQ(cameras.size(), 3U) << identity;
  }
}

TEST(Views, HalfOfTheIdentities) {
  const Images images = MakeImages(40, 5, 2);
  const TrainingViews views = Views("in-domain-identities", images);
  EXPECT_EQ(Of(views, "old").identities.size(), 18U);
  EXPECT_EQ(Of(views, "old").rows.size(), 18U * 5);
  EXPECT_TRUE(Subset(Of(views, "old").rows, Of(views, "new").rows));
}

TEST(Views, TheSameImagesInTheBackboneSetting) {
  const TrainingViews views = Views("in-domain-backbone", MakeImages(20, 4, 2));
  EXPECT_EQ(Of(views, "old").rows, Of(views, "new").rows);
  EXPECT_EQ(Of(views, "old").hash, Of(views, "new").hash);
}

TEST(Views, AtLeastTwoImagesWhereThereAreTwo) {
  Images images = MakeImages(12, 3, 3);
  images.push_back({"single.jpg", "single", "c0"});
  Setting setting = FindSetting("in-domain-data");
  NodeIn(setting, "old").images.to = 0.01;
  setting.validation_share = 0;
  const TrainingViews views = MakeViews(setting, {{"target", &images}}, 5);
  for (const auto& [identity, rows] : ByIdentity(images, Of(views, "old").rows)) {
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
    NodeIn(setting, "old").images.to = NodeIn(setting, "old").identities.to = share;
    const TrainingViews views = MakeViews(setting, {{"target", &images}}, 3);
    EXPECT_TRUE(Subset(previous, Of(views, "old").rows)) << share;
    EXPECT_GT(Of(views, "old").rows.size(), previous.size());
    previous = Of(views, "old").rows;
  }
}

TEST(Views, ValidationIsHeldOutFromBothModels) {
  const Images images = MakeImages(40, 4, 2);
  for (const char* setting : {"in-domain-data", "in-domain-identities", "in-domain-backbone"}) {
    const TrainingViews views = Views(setting, images);
    const ViewRows& validation = views.validation.at("target");
    EXPECT_EQ(validation.identities.size(), 4U);
    EXPECT_EQ(validation.rows.size(), 16U);
    EXPECT_TRUE(Disjoint(validation.identities, Of(views, "old").identities));
    EXPECT_TRUE(Disjoint(validation.identities, Of(views, "new").identities));
  }
  EXPECT_EQ(Views("in-domain-data", images).validation.at("target").rows,
            Views("in-domain-identities", images).validation.at("target").rows);
}

TEST(Views, CrossDomainHoldsOutPerRole) {
  const Images target = MakeImages(30, 4, 2), source = MakeImages(50, 4, 2, "s");
  const TrainingViews views = Views("cross-domain-supervised", target, 1, &source);
  EXPECT_EQ(Of(views, "old").data, "source");
  EXPECT_EQ(Of(views, "new").data, "target");
  EXPECT_EQ(Of(views, "old").identities.size(), 45U);
  EXPECT_EQ(Of(views, "new").identities.size(), 27U);
  EXPECT_TRUE(Disjoint(views.validation.at("source").identities, Of(views, "old").identities));
  EXPECT_TRUE(Disjoint(views.validation.at("target").identities, Of(views, "new").identities));
  EXPECT_EQ(views.models.count("source-model"), 0U);
  EXPECT_EQ(Of(Views("cross-domain-unsupervised", target, 1, &source), "source-model").rows,
            Of(views, "old").rows);
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
  EXPECT_NE(Of(a, "old").rows, Of(b, "old").rows);
  EXPECT_NE(a.validation.at("target").rows, b.validation.at("target").rows);
  EXPECT_NE(a.hash, b.hash);
}

TEST(Views, TheOrderOfRowsDoesNotMatter) {
  const Images images = MakeImages(25, 6, 3);
  Images shuffled = images;
  Random random(99);
  random.Shuffle(shuffled);
  EXPECT_EQ(Views("in-domain-data", images).lists, Views("in-domain-data", shuffled).lists);
  EXPECT_EQ(Of(Views("in-domain-data", images), "old").hash,
            Of(Views("in-domain-data", shuffled), "old").hash);
}

TEST(Views, ListsHoldNamesAndIdentities) {
  const Images images = MakeImages(10, 4, 2);
  const TrainingViews views = Views("in-domain-data", images);
  const Json lists = ParseJson(views.lists, "lists");
  ASSERT_EQ(lists["models"]["old"][0]["images"].size(), Of(views, "old").rows.size());
  const ImageRecord& first = images[Of(views, "old").rows.front()];
  EXPECT_EQ(lists["models"]["old"][0]["images"][0], Json::array({first.name, first.identity}));
  EXPECT_EQ(lists["validation"]["target"]["identities"].size(), 2U);
  EXPECT_EQ(lists["setting"], "in-domain-data");
}

// The new model sees exactly what the old one has left over.
TEST(Views, OpenSettingsSeeTheOtherPart) {
  Images images = MakeImages(40, 7, 3);
  images.push_back({"few_1.jpg", "few", "c0"});
  images.push_back({"few_2.jpg", "few", "c1"});
  const auto with_all = [&](const char* setting) {
    Setting closed = FindSetting(setting);
    NodeIn(closed, "new").images = NodeIn(closed, "new").identities = Share{};
    return MakeViews(closed, {{"target", &images}}, 1);
  };
  for (const char* setting : {"open-data", "open-identities"}) {
    const TrainingViews views = Views(setting, images);
    std::vector<size_t> both = Of(views, "old").rows;
    both.insert(both.end(), Of(views, "new").rows.begin(), Of(views, "new").rows.end());
    std::sort(both.begin(), both.end());
    EXPECT_EQ(both, Of(with_all(setting), "new").rows) << setting;
  }
  const TrainingViews data = Views("open-data", images);
  const auto& people = Of(data, "new").identities;
  EXPECT_EQ(std::count(people.begin(), people.end(), "few"), 0)
      << "both images went to the old one";
  const TrainingViews identities = Views("open-identities", images);
  EXPECT_TRUE(Disjoint(Of(identities, "old").identities, Of(identities, "new").identities));
}

TEST(Views, APartWithoutTwoIdentitiesIsRefused) {
  Setting setting = FindSetting("open-data");
  const Images images = MakeImages(10, 2, 2);
  EXPECT_THROW(MakeViews(setting, {{"target", &images}}, 1), Error);
}

TEST(Views, SeveralRolesAreSeveralViews) {
  const Images target = MakeImages(20, 4, 2), source = MakeImages(30, 4, 2, "s");
  Setting setting = FindSetting("cross-domain-supervised");
  NodeIn(setting, "new").data = {"target", "source"};
  const TrainingViews views = MakeViews(setting, {{"target", &target}, {"source", &source}}, 1);
  ASSERT_EQ(views.models.at("new").size(), 2U);
  EXPECT_EQ(views.models.at("new")[0].data, "target");
  EXPECT_EQ(views.models.at("new")[1].identities, Of(views, "old").identities);
}

TEST(Views, SubsetBoundsTheIdentities) {
  const TrainingViews views = Views("in-domain-data", MakeImages(50, 4, 2), 1, nullptr, 12);
  EXPECT_EQ(views.validation.at("target").identities.size(), 2U);
  EXPECT_EQ(Of(views, "new").identities.size(), 10U);
}

TEST(Views, TooLittleDataIsRefused) {
  EXPECT_THROW(Views("in-domain-data", {}), Error);
  EXPECT_THROW(Views("in-domain-data", MakeImages(3, 4, 2)), Error);
  EXPECT_THROW(Views("cross-domain-supervised", MakeImages(10, 4, 2)), Error) << "no source";
  Images twice = MakeImages(10, 4, 2);
  twice.push_back(twice.front());
  EXPECT_THROW(Views("in-domain-data", twice), Error);
  EXPECT_EQ(Of(Views("in-domain-data", MakeImages(4, 4, 2)), "new").identities.size(), 2U);
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
