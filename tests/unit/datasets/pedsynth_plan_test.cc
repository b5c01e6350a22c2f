#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "datasets/market_name.h"
#include "datasets/pedsynth/options.h"
#include "datasets/pedsynth/plan.h"
#include "harness/core/data_ref.h"
#include "harness/core/error.h"

namespace bcr::pedsynth {
namespace {

Options Defaults() {
  Options options;
  options.domain = "a";
  return options;
}

std::vector<Shot> PlanAll(const Options& options) {
  std::vector<Shot> shots;
  for (size_t group = 0; group < GroupCount(options); ++group) {
    for (const Shot& shot : PlanGroup(options, group)) shots.push_back(shot);
  }
  return shots;
}

std::string Folder(const Shot& shot) { return shot.path.substr(0, shot.path.find('/')); }
std::string BaseName(const Shot& shot) { return shot.path.substr(shot.path.find('/') + 1); }

TEST(PedsynthPlan, DefaultSizesAreAsDocumented) {
  std::map<std::string, int> images;
  std::set<std::string> train, query, cameras;
  int distractors = 0, junk = 0;
  for (const Shot& shot : PlanAll(Defaults())) {
    const MarketName name = ParseMarketName(BaseName(shot)).value();
    ++images[Folder(shot)];
    distractors += name.identity == "0000";
    junk += name.identity == "-1";
    cameras.insert(name.camera);
    if (Folder(shot) == "bounding_box_train") train.insert(name.identity);
    if (Folder(shot) == "query") query.insert(name.identity);
  }
  EXPECT_EQ(train.size(), 150U);
  EXPECT_EQ(query.size(), 120U);
  EXPECT_EQ(cameras.size(), 6U);
  EXPECT_EQ(distractors, 150);
  EXPECT_EQ(junk, 60);
  EXPECT_NEAR(images["bounding_box_train"], 1650, 80);
  EXPECT_NEAR(images["query"], 264, 24);
  EXPECT_NEAR(images["bounding_box_test"] - distractors - junk, 1056, 80);
}

TEST(PedsynthPlan, PathsAreUniqueAndIdentitiesOfTheSplitsDisjoint) {
  std::set<std::string> paths, train, test;
  for (const Shot& shot : PlanAll(Defaults())) {
    EXPECT_TRUE(paths.insert(shot.path).second) << shot.path;
    (Folder(shot) == "bounding_box_train" ? train : test)
        .insert(ParseMarketName(BaseName(shot))->identity);
  }
  for (const std::string& identity : train) EXPECT_EQ(test.count(identity), 0U) << identity;
}

TEST(PedsynthPlan, EveryQueryHasAMatchFromAnotherCamera) {
  for (int images : {1, 2, 11}) {
    Options options = Defaults();
    options.images = images;
    options.cameras = 3;
    std::map<std::string, std::set<int>> gallery;
    std::vector<Shot> shots = PlanAll(options);
    for (const Shot& shot : shots) {
      if (Folder(shot) != "bounding_box_test") continue;
      gallery[ParseMarketName(BaseName(shot))->identity].insert(shot.camera);
    }
    for (const Shot& shot : shots) {
      if (Folder(shot) != "query") continue;
      std::set<int> cameras = gallery[ParseMarketName(BaseName(shot))->identity];
      cameras.erase(shot.camera);
      EXPECT_FALSE(cameras.empty()) << shot.path << ", images=" << images;
    }
  }
}

TEST(PedsynthPlan, TenCamerasTakeTwoDigits) {
  Options options = Defaults();
  options.cameras = 10;
  std::set<std::string> cameras;
  for (const Shot& shot : PlanAll(options)) {
    cameras.insert(ParseMarketName(BaseName(shot))->camera);
  }
  EXPECT_EQ(cameras.size(), 10U);
  EXPECT_EQ(cameras.count("01"), 1U);
  EXPECT_EQ(cameras.count("10"), 1U);
}

TEST(PedsynthPlan, MoreIdentitiesLeaveTheOthersAsTheyWere) {
  Options more = Defaults();
  more.identities = 151;
  const auto before = PlanGroup(Defaults(), 7), after = PlanGroup(more, 7);
  ASSERT_EQ(before.size(), after.size());
  for (size_t i = 0; i < before.size(); ++i) {
    EXPECT_EQ(before[i].path, after[i].path);
    EXPECT_EQ(before[i].seed, after[i].seed);
  }
}

TEST(PedsynthOptions, RefusesWhatIsNoNumberInRange) {
  const std::vector<std::pair<std::string, std::string>> bad = {
      {"identities", "0"}, {"identities", "ten"},
      {"images", "3.5"},   {"seed", "-1"},
      {"cameras", "1000"}, {"height", "16"},
      {"junk", ""},        {"width", "99999999999999999999"}};
  for (const auto& [key, text] : bad) {
    DataRef ref;
    ref.options[key] = text;
    try {
      ParseOptions(ref, "a");
      ADD_FAILURE() << key << "=" << text << " was accepted";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kUsage) << key << "=" << text;
    }
  }
}

TEST(PedsynthOptions, TextNamesEveryChoice) {
  const std::string base = Defaults().Text();
  for (const auto& [key, about] : DescribeOptions()) {
    const DataRef ref = ParseDataRef("pedsynth-a," + key + "=99");
    EXPECT_NE(ParseOptions(ref, "a").Text(), base) << key;
  }
}

}  // namespace
}  // namespace bcr::pedsynth
