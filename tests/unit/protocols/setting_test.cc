#include "protocols/setting.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/core/files.h"

namespace bcr {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string MessageOf(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kConfig);
    return error.what();
  }
  return "(nothing thrown)";
}

Json Valid() { return SettingJson(FindSetting("in-domain-data")); }

std::string Refusal(const Json& json) {
  return MessageOf([&] { SettingFromJson(json, "x.json"); });
}

TEST(Setting, TheFiveAreThereInOrder) {
  std::vector<std::string> names;
  for (const Setting& setting : Settings()) {
    if (setting.in_default_run) names.push_back(setting.name);
  }
  EXPECT_THAT(names, ElementsAre("in-domain-data", "in-domain-identities", "in-domain-backbone",
                                 "cross-domain-supervised", "cross-domain-unsupervised"));
}

TEST(Setting, FurtherOnesStandBehindTheFive) {
  const std::vector<Setting>& all = Settings();
  ASSERT_GT(all.size(), 5U);
  for (size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i].in_default_run, i < 5) << all[i].name;
}

TEST(Setting, SaysWhereTheListComesFrom) {
  for (const Setting& setting : Settings()) {
    if (!setting.in_default_run) continue;
    EXPECT_THAT(setting.reference,
                HasSubstr("is not public beyond \"in-domain, and cross-domain supervised and "
                          "unsupervised, five in all\""));
  }
}

ModelNode Node(const std::string& setting, const std::string& model) {
  return NodeOf(FindSetting(setting), model);
}

TEST(Setting, WhatEachModelSees) {
  EXPECT_EQ(Node("in-domain-data", "old").images.to, 0.5);
  EXPECT_EQ(Node("in-domain-data", "new").images.to, 1.0);
  EXPECT_EQ(Node("in-domain-identities", "old").identities.to, 0.5);
  EXPECT_EQ(Node("in-domain-identities", "old").images.to, 1.0);
  EXPECT_EQ(Node("in-domain-backbone", "old").backbone, "small");
  EXPECT_EQ(Node("in-domain-backbone", "new").backbone, "large");
  EXPECT_EQ(FindSetting("in-domain-backbone").widths, "truncate");
  EXPECT_THAT(Node("cross-domain-supervised", "old").data, ElementsAre("source"));
  EXPECT_EQ(Node("cross-domain-supervised", "new").labels, "ground-truth");
  EXPECT_EQ(Node("cross-domain-unsupervised", "new").labels, "none");
  EXPECT_EQ(Node("cross-domain-unsupervised", "new").start, "source-model");
  const std::string no_source = "cross-domain-unsupervised-no-source";
  EXPECT_EQ(Node(no_source, "new").labels, "none");
  EXPECT_EQ(Node(no_source, "new").start, "random");
  EXPECT_EQ(Node(no_source, "paragon").start, "random");
  EXPECT_EQ(FindSetting(no_source).models.size(), 3U) << "nobody trains a source model for it";
  EXPECT_EQ(Node("open-identities", "new").identities.from, 0.5);
  for (const Setting& setting : Settings()) {
    if (setting.group) continue;
    EXPECT_EQ(setting.score_on, "target");
    EXPECT_EQ(setting.validation_share, 0.1);
    EXPECT_EQ(setting.cells.size(), setting.chain.empty() ? 5U : 9U);
  }
}

TEST(Setting, AParagonIsTheNewModelWithoutCompatibility) {
  for (const Setting& setting : Settings()) {
    if (setting.upgrade.paragon.empty()) continue;
    const ModelNode paragon = NodeOf(setting, setting.upgrade.paragon);
    const ModelNode fresh = NodeOf(setting, setting.upgrade.new_model);
    EXPECT_THAT(paragon.compatible_with, ::testing::IsEmpty()) << setting.name;
    EXPECT_EQ(paragon.data, fresh.data);
    if (!setting.group) {  // a paragon of steps begins with a step that has no compatibility either
      EXPECT_EQ(paragon.start, fresh.start);
    }
    EXPECT_EQ(paragon.stream, fresh.stream) << "it draws as the new model does";
  }
}

TEST(Setting, AModelMayNameItsBaseLearner) {
  EXPECT_EQ(Node("in-domain-loss", "old").base, "softmax-triplet");
  EXPECT_EQ(Node("in-domain-loss", "new").base, "arcface-triplet");
  EXPECT_EQ(Node("in-domain-loss", "paragon").base, "arcface-triplet") << "it is like the new one";
  EXPECT_EQ(Node("in-domain-data", "new").base, "auto");
  // Records and keys of settings that name none stay what they are.
  EXPECT_FALSE(Valid()["models"]["new"].contains("base"));
  Json json = SettingJson(FindSetting("in-domain-loss"));
  EXPECT_EQ(json["models"]["new"]["base"], "arcface-triplet");
  EXPECT_FALSE(json["models"]["paragon"].contains("base"));
  json["models"]["paragon"]["base"] = "auto";
  const Setting own = SettingFromJson(json, "x.json");
  EXPECT_EQ(NodeOf(own, "paragon").base, "auto");
  EXPECT_EQ(SettingJson(own), json);
  json["models"]["old"]["base"] = 3;
  EXPECT_THAT(Refusal(json), HasSubstr("models.old.base"));
}

TEST(Setting, LabelsMayBeThoseOfSomeRolesAlone) {
  const ModelNode fresh = Node("multi-source-unsupervised", "new");
  EXPECT_EQ(fresh.labels, "mixed");
  EXPECT_THAT(fresh.unlabelled, ElementsAre("target"));
  EXPECT_TRUE(SeesLabelsOf(fresh, "second-source"));
  EXPECT_FALSE(SeesLabelsOf(fresh, "target"));
  EXPECT_TRUE(SeesLabelsOf(Node("in-domain-data", "new"), "target"));
  EXPECT_FALSE(SeesLabelsOf(Node("cross-domain-unsupervised", "new"), "target"));
  const Json json = SettingJson(FindSetting("multi-source-unsupervised"));
  EXPECT_EQ(json["models"]["new"]["labels"], (Json{{"target", "none"}}));
  EXPECT_EQ(SettingJson(SettingFromJson(json, "x.json")), json);
}

TEST(Setting, LabelsOfAllRolesOrOfNoneAreOneWord) {
  Json json = SettingJson(FindSetting("multi-source-unsupervised"));
  const auto labels = [&](const Json& given) {
    json["models"]["new"]["labels"] = given;
    return NodeOf(SettingFromJson(json, "x.json"), "new").labels;
  };
  EXPECT_EQ(labels({{"target", "ground-truth"}}), "ground-truth");
  EXPECT_EQ(labels({{"target", "none"}, {"source", "none"}}), "mixed");
  EXPECT_EQ(labels({{"target", "none"}, {"source", "none"}, {"second-source", "none"}}), "none");
  EXPECT_EQ(labels("none"), "none");
  json["models"]["new"]["labels"] = {{"taget", "none"}};
  EXPECT_THAT(Refusal(json), HasSubstr("target"));
  json["models"]["new"]["labels"] = {{"target", "some"}};
  EXPECT_THAT(Refusal(json), HasSubstr("models.new.labels.target"));
  json["models"]["new"]["labels"] = 3;
  EXPECT_THAT(Refusal(json), HasSubstr("models.new.labels"));
  // A model that is like it and sees other data.
  json["models"]["new"]["labels"] = {{"target", "none"}};
  json["models"]["paragon"] = {
      {"like", "new"}, {"data", "target"}, {"compatible_with", Json::array()}};
  EXPECT_EQ(NodeOf(SettingFromJson(json, "x.json"), "paragon").labels, "none");
  json["models"]["paragon"]["data"] = "source";
  EXPECT_EQ(NodeOf(SettingFromJson(json, "x.json"), "paragon").labels, "ground-truth");
}

TEST(Setting, ModelsStandBehindThoseTheyNeed) {
  std::vector<std::string> names;
  for (const ModelNode& node : FindSetting("cross-domain-unsupervised").models)
    names.push_back(node.name);
  EXPECT_THAT(names, ElementsAre("old", "source-model", "new", "paragon"));
}

TEST(Setting, AChainScoresEveryPair) {
  const Setting chain = FindSetting("in-domain-chain");
  EXPECT_EQ(chain.cells.size(), 9U);
  EXPECT_THAT(chain.chain, ElementsAre("v1", "v2", "v3"));
  EXPECT_THAT(NodeOf(chain, "v3").compatible_with, ElementsAre("v2"));
  EXPECT_THAT(Node("in-domain-chain-all", "v3").compatible_with, ElementsAre("v1", "v2"));
}

// Five settings a protocol: the same models, which are trained once, each time judged on another set.
TEST(Setting, LifelongSettingsShareTheirModels) {
  const char* const roles[] = {"first", "second", "third", "fourth", "fifth"};
  for (const std::string protocol : {"lifelong", "lifelong-replay"}) {
    const Setting first = FindSetting(protocol + "-1");
    for (int k = 1; k <= 5; ++k) {
      const Setting setting = FindSetting(protocol + "-" + std::to_string(k));
      EXPECT_EQ(SettingJson(setting).at("models"), SettingJson(first).at("models"));
      EXPECT_EQ(setting.score_on, roles[k - 1]);
      ASSERT_TRUE(setting.group);
      EXPECT_EQ(setting.group->name, protocol);
      EXPECT_EQ(setting.group->figures[0].query_model, "step-5");
      EXPECT_EQ(setting.group->figures[0].gallery_model, "step-" + std::to_string(k));
      EXPECT_EQ(setting.data, first.data);
      EXPECT_EQ(setting.validation_share, 0.1);
    }
  }
  const ModelNode last = Node("lifelong-3", "step-5");
  EXPECT_EQ(last.start, "step-4");
  EXPECT_THAT(last.data, ElementsAre("fifth"));
  EXPECT_EQ(last.compatible_with.size(), 4U);
  const ModelNode replayed = Node("lifelong-replay-3", "step-3");
  EXPECT_THAT(replayed.data, ElementsAre("third", "first", "second"));
  EXPECT_EQ(ImagesOf(replayed, "third").to, 1.0);
  EXPECT_EQ(ImagesOf(replayed, "second").to, 0.1);
  EXPECT_THAT(Node("lifelong-replay-3", "paragon").data,
              ElementsAre("fifth", "first", "second", "third", "fourth"));
}

TEST(Setting, AGroupsNameStandsForItsSettings) {
  EXPECT_THAT(SettingsNamedBy("lifelong"),
              ElementsAre("lifelong-1", "lifelong-2", "lifelong-3", "lifelong-4", "lifelong-5"));
  EXPECT_THAT(SettingsNamedBy("in-domain-data"), ElementsAre("in-domain-data"));
  EXPECT_THAT(SettingsNamedBy("nonsense"), ElementsAre("nonsense"));
  EXPECT_THAT(MessageOf([] { FindSetting("lifelon"); }), HasSubstr("lifelong"));
}

TEST(Setting, LikeTakesTheKeysOfAnother) {
  const Setting own = ParseSetting(
      R"({"setting": "mine", "like": "in-domain-data", "models": {"old": {"images": 0.3}}})", "x");
  EXPECT_EQ(own.name, "mine");
  EXPECT_EQ(NodeOf(own, "old").images.to, 0.3);
  EXPECT_EQ(NodeOf(own, "new").images.to, 1.0);
  EXPECT_THAT(
      MessageOf([] { ParseSetting(R"({"setting": "mine", "like": "in-domain-dat"})", "x"); }),
      HasSubstr("in-domain-data"));
  EXPECT_THAT(MessageOf([] { ParseSetting(R"({"setting": "mine", "like": 3})", "x"); }),
              HasSubstr("like"));
}

TEST(Setting, LikeKeepsNoSharesOfRolesThatAreGone) {
  const Setting own = ParseSetting(
      R"({"setting": "mine", "like": "lifelong-replay-1",
          "models": {"step-3": {"data": ["third", "second"]},
                     "step-4": {"images": {"second": 0.2}}}})",
      "x");
  EXPECT_EQ(ImagesOf(NodeOf(own, "step-3"), "second").to, 1.0);
  EXPECT_EQ(ImagesOf(NodeOf(own, "step-4"), "second").to, 0.2);
  EXPECT_EQ(ImagesOf(NodeOf(own, "step-4"), "first").to, 1.0);
}

TEST(Setting, DefaultDataAreOfRolesThatAreUsed) {
  Json json = Valid();
  json["data"] = {{"first", "pedsynth-a"}};
  EXPECT_THAT(Refusal(json), AllOf(HasSubstr("`first`"), HasSubstr("a role of the models")));
  json["data"] = {{"target", "pedsynth-a"}};
  EXPECT_THAT(Refusal(json), HasSubstr("--target"));
}

TEST(Setting, ImagesByRole) {
  Json json = Valid();
  json["models"]["new"]["data"] = {"target", "source"};
  json["models"]["new"]["images"] = {{"source", 0.2}};
  const Setting setting = SettingFromJson(json, "x.json");
  EXPECT_EQ(ImagesOf(NodeOf(setting, "new"), "source").to, 0.2);
  EXPECT_EQ(ImagesOf(NodeOf(setting, "new"), "target").to, 1.0);
  EXPECT_EQ(SettingJson(setting), SettingJson(SettingFromJson(SettingJson(setting), "x")));
  json["models"]["new"]["images"] = {{"sauce", 0.2}};
  EXPECT_THAT(Refusal(json), AllOf(HasSubstr("`sauce`"), HasSubstr("source")));
}

TEST(Setting, TheCellsOfAGroupAreScored) {
  Json json = Valid();
  json["group"] = {{"name", "mean"}, {"figures", {{"free", "new", "old"}}}};
  const Setting setting = SettingFromJson(json, "x");
  EXPECT_EQ(setting.group->figures.at(0).name, "free");
  EXPECT_EQ(SettingJson(setting), SettingJson(SettingFromJson(SettingJson(setting), "x")));
  json["group"]["figures"][0] = {"free", "paragon", "old"};
  EXPECT_THAT(Refusal(json), HasSubstr("one of the cells"));
  json["group"]["figures"][0] = {"free", "new"};
  EXPECT_THAT(Refusal(json), HasSubstr("[name, query model, gallery model]"));
  json["group"]["figures"] = Json::array();
  EXPECT_THAT(Refusal(json), HasSubstr("figures"));
}

TEST(Setting, JsonRoundTrip) {
  for (const Setting& setting : Settings()) {
    const Json json = SettingJson(setting);
    EXPECT_EQ(SettingJson(SettingFromJson(json, "x")), json);
  }
}

TEST(Setting, UnknownNameGetsASuggestion) {
  EXPECT_THAT(MessageOf([] { FindSetting("in-domain-dat"); }), HasSubstr("in-domain-data"));
}

TEST(Setting, UnknownKeyGetsASuggestion) {
  Json json = Valid();
  json["models"]["old"]["image"] = 0.5;
  EXPECT_THAT(Refusal(json), AllOf(HasSubstr("x.json: models.old.image"), HasSubstr("`images`")));
}

TEST(Setting, EveryKeyIsRequired) {
  const Json valid = Valid();
  for (const auto& [key, value] : valid.items()) {
    if (key == "default_run") continue;  // false where it is absent
    Json json = valid;
    json.erase(key);
    EXPECT_THAT(Refusal(json), HasSubstr(key));
  }
}

TEST(Setting, BadValuesNameTheirPlace) {
  const auto with = [](const char* pointer, const Json& value) {
    Json json = Valid();
    json[Json::json_pointer(pointer)] = value;
    return json;
  };
  EXPECT_THAT(Refusal(with("/models/old/images", 0)), HasSubstr("x.json: models.old.images"));
  EXPECT_THAT(Refusal(with("/models/old/images", 1.5)), HasSubstr("models.old.images"));
  EXPECT_THAT(Refusal(with("/models/old/images", Json::array({0.5, 0.5}))), HasSubstr("from < to"));
  EXPECT_THAT(Refusal(with("/models/new/labels", "pseudo")), HasSubstr("ground-truth"));
  EXPECT_THAT(Refusal(with("/models/new/data", Json::array())), HasSubstr("models.new.data"));
  EXPECT_THAT(Refusal(with("/models/new/data", Json::array({"a", "a"}))), HasSubstr("once"));
  EXPECT_THAT(Refusal(with("/models/new/compatible_with", Json::array({"odl"}))),
              HasSubstr("`old`"));
  EXPECT_THAT(Refusal(with("/models/new/start", "odl")), HasSubstr("`old`"));
  EXPECT_THAT(Refusal(with("/models/new/start", "file:")), HasSubstr("file:PATH"));
  EXPECT_THAT(Refusal(with("/models/paragon/like", "nwe")), HasSubstr("`new`"));
  EXPECT_THAT(Refusal(with("/models/old/compatible_with", Json::array({"new"}))),
              HasSubstr("needs itself"));
  EXPECT_THAT(Refusal(with("/models/old", Json::array())), HasSubstr("object"));
  EXPECT_THAT(Refusal(with("/models/", Json::object())),
              HasSubstr("found ``, expected lower-case"));
  EXPECT_THAT(Refusal(with("/models", Json::object())), HasSubstr("at least one model"));
  EXPECT_THAT(Refusal(with("/widths", "crop")), HasSubstr("project"));
  EXPECT_THAT(Refusal(with("/setting", "../etc")), HasSubstr("lower-case"));
  EXPECT_THAT(Refusal(with("/validation_share", 0.6)), HasSubstr("validation_share"));
  EXPECT_THAT(Refusal(with("/cells", 3)), HasSubstr("cells"));
  EXPECT_THAT(Refusal(with("/cells/0", Json::array({"old"}))), HasSubstr("pair"));
  EXPECT_THAT(Refusal(with("/cells/0/0", "odl")), HasSubstr("`old`"));
  EXPECT_THAT(Refusal(with("/cells/1", Json::array({"old", "old"}))), HasSubstr("twice"));
  EXPECT_THAT(Refusal(with("/cells", Json::array({Json::array({"old", "old"})}))),
              HasSubstr("The gain"));
  EXPECT_THAT(Refusal(with("/upgrade/paragon", "parangon")), HasSubstr("`paragon`"));
  EXPECT_THAT(Refusal(with("/chain", Json::array({"old"}))), HasSubstr("two or more"));
  EXPECT_THAT(Refusal(with("/chain", Json::array({"old", "paragon"}))), HasSubstr("no cell"));
  EXPECT_THAT(Refusal(with("/smoke/identities", 3)), HasSubstr("smoke.identities"));
  EXPECT_THAT(Refusal(Json::array()), HasSubstr("object"));
}

TEST(Setting, OwnFileIsTakenUnderItsOwnNameOnly) {
  TemporaryFolder folder;
  const std::string path = JoinPath(folder.path(), "mine.json");
  Json json = Valid();
  WriteJsonAtomic(path, json);
  EXPECT_THAT(MessageOf([&] { FindSetting(path); }), HasSubstr("compiled-in"));
  json["setting"] = "mine";
  WriteJsonAtomic(path, json);
  EXPECT_EQ(FindSetting(path).name, "mine");
}

}  // namespace
}  // namespace bcr
