#include "protocols/profile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/core/error.h"

namespace bcr {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string Refusal(const Json& json) {
  try {
    ProfileFromJson(json, "x.json");
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kConfig);
    return error.what();
  }
  return "(nothing thrown)";
}

TEST(Profile, AllAreThereInOrder) {
  std::vector<std::string> names;
  for (const Profile& profile : Profiles()) names.push_back(profile.name);
  EXPECT_THAT(names, ElementsAre("quick", "paper", "smoke", "cluster-contrast",
                                 "cluster-contrast-msmt17", "cluster-contrast-veri"));
}

// What a profile does not say itself is that of the one it is like, inside of objects too.
TEST(Profile, OneMayBeLikeAnother) {
  Json paper = ProfileJson(FindProfile("paper")),
       veri = ProfileJson(FindProfile("cluster-contrast-veri"));
  EXPECT_EQ(veri["input"], (Json{{"height", 224}, {"width", 224}, {"resize", "pillow-bicubic"}}));
  EXPECT_EQ(veri["without_labels"]["batches_per_epoch"], 400);
  EXPECT_EQ(veri["without_labels"]["ghost_batch"], 64);
  for (const char* own : {"profile", "revision", "order", "about", "reference", "input"}) {
    paper.erase(own);
    veri.erase(own);
  }
  for (const char* own : {"batches_per_epoch", "ghost_batch"}) {
    paper["without_labels"].erase(own);
    veri["without_labels"].erase(own);
  }
  EXPECT_EQ(veri, paper);
}

TEST(Profile, PaperIsTheBotRecipe) {
  const Profile paper = FindProfile("paper");
  EXPECT_EQ(paper.height, 256);
  EXPECT_EQ(paper.width, 128);
  EXPECT_EQ(paper.identities_per_batch * paper.images_per_identity, 64);
  EXPECT_EQ(paper.epochs, 120);
  EXPECT_DOUBLE_EQ(paper.lr, 3.5e-4);
  EXPECT_EQ(paper.warmup_epochs, 10);
  EXPECT_DOUBLE_EQ(paper.warmup_factor, 0.01);
  EXPECT_THAT(paper.milestones, ElementsAre(40, 70));
  EXPECT_EQ(ParseJson(paper.augmenters.at("standard"), "test")["pad"], 10);
  EXPECT_TRUE(paper.needs_init);
  EXPECT_EQ(BackboneOf(paper, "small"), "resnet18");
  EXPECT_EQ(BackboneOf(paper, "standard"), "resnet50");
}

TEST(Profile, PaperIsTheClusterContrastRecipe) {
  const Profile paper = FindProfile("paper");
  EXPECT_EQ(paper.without_labels.identities_per_batch, 16);
  EXPECT_EQ(paper.without_labels.images_per_identity, 16);
  EXPECT_EQ(paper.bases.without_labels, "cluster-contrast");
  const Json labels = ParseJson(paper.label_sources.at("cluster-contrast"), "test");
  EXPECT_EQ(labels, Json({{"k1", 30}, {"k2", 6}, {"eps", 0.6}, {"min_samples", 4}}));
  const Json memory = ParseJson(paper.objectives.at("cluster-nce"), "test");
  EXPECT_EQ(memory, Json({{"temperature", 0.05}, {"momentum", 0.1}, {"update", "plain"}}));
}

// Optional keys: they are written where they are given alone.
TEST(Profile, ResizingAndTheEpochThatIsKeptMayBeChosen) {
  Json json = ProfileJson(FindProfile("quick"));
  EXPECT_FALSE(json["input"].contains("resize"));
  EXPECT_FALSE(json.contains("checkpoint"));
  json["input"]["resize"] = "bicubic";
  json["without_labels"]["checkpoint"] = "validation";
  json["without_labels"]["checkpoint_every"] = 4;
  const Profile profile = ProfileFromJson(json, "x.json");
  EXPECT_EQ(profile.resize, "bicubic");
  EXPECT_EQ(profile.checkpoint.by, "last");
  EXPECT_EQ(profile.without_labels.checkpoint.by, "validation");
  EXPECT_EQ(profile.without_labels.checkpoint.every, 4);
  EXPECT_EQ(ProfileJson(profile), json);
  json["checkpoint_every"] = 4;
  EXPECT_THAT(Refusal(json), HasSubstr("checkpoint validation beside it"));
  json["checkpoint"] = "test";
  EXPECT_THAT(Refusal(json), HasSubstr("x.json: checkpoint"));
}

TEST(Profile, JsonRoundTrip) {
  for (const Profile& profile : Profiles()) {
    const Json json = ProfileJson(profile);
    EXPECT_EQ(ProfileJson(ProfileFromJson(json, "x")), json);
  }
}

TEST(Profile, LockedKeysExist) {
  for (const Profile& profile : Profiles()) {
    const Json json = ProfileJson(profile);
    for (std::string key : profile.locked) {
      for (char& c : key) c = c == '.' ? '/' : c;
      EXPECT_TRUE(json.contains(Json::json_pointer("/" + key))) << profile.name << ": " << key;
    }
  }
}

TEST(Profile, EveryKeyIsRequired) {
  const Json valid = ProfileJson(FindProfile("quick"));
  for (const auto& [key, value] : valid.items()) {
    Json json = valid;
    json.erase(key);
    EXPECT_THAT(Refusal(json), HasSubstr(key));
  }
}

TEST(Profile, BadValuesNameTheirPlace) {
  const auto with = [](const char* pointer, const Json& value) {
    Json json = ProfileJson(FindProfile("quick"));
    json[Json::json_pointer(pointer)] = value;
    return json;
  };
  EXPECT_THAT(Refusal(with("/epoch", 3)), HasSubstr("`epochs`"));
  EXPECT_THAT(Refusal(with("/lr", 0)), HasSubstr("x.json: lr"));
  EXPECT_THAT(Refusal(with("/milestones", Json::array({14, 10}))), HasSubstr("ascending"));
  EXPECT_THAT(Refusal(with("/milestones", Json::array({0}))), HasSubstr("counted from 1"));
  EXPECT_THAT(Refusal(with("/milestones", "10")), HasSubstr("list of epochs"));
  EXPECT_THAT(Refusal(with("/augmenters/standard", 1)), HasSubstr("augmenters.standard"));
  EXPECT_THAT(Refusal(with("/pooling", "max")), HasSubstr("gem"));
  EXPECT_THAT(Refusal(with("/without_labels/gamma", 1.5)), HasSubstr("without_labels.gamma"));
  EXPECT_THAT(Refusal(with("/objectives/triplet", 0.3)), HasSubstr("objectives.triplet"));
  EXPECT_THAT(Refusal(with("/objectives/triplet/margin", Json::array({1}))),
              HasSubstr("objectives.triplet.margin"));
  EXPECT_THAT(Refusal(with("/identities_per_batch", 1)), HasSubstr("identities_per_batch"));
  EXPECT_THAT(Refusal(with("/extraction/feature_side", "neck")), HasSubstr("after-neck"));
}

TEST(Profile, UnknownNamesAreRefused) {
  EXPECT_THROW(FindProfile("quik"), Error);
  EXPECT_THROW(BackboneOf(FindProfile("quick"), "huge"), Error);
}

}  // namespace
}  // namespace bcr
