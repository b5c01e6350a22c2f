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
  for (const Setting& setting : Settings()) names.push_back(setting.name);
  EXPECT_THAT(names, ElementsAre("in-domain-data", "in-domain-identities", "in-domain-backbone",
                                 "cross-domain-supervised", "cross-domain-unsupervised"));
}

TEST(Setting, SaysWhereTheListComesFrom) {
  for (const Setting& setting : Settings()) {
    EXPECT_THAT(setting.reference,
                HasSubstr("is not public beyond \"in-domain, and cross-domain supervised and "
                          "unsupervised, five in all\""));
  }
}

TEST(Setting, WhatEachModelSees) {
  const Setting data = FindSetting("in-domain-data");
  EXPECT_EQ(data.old_model.images, 0.5);
  EXPECT_EQ(data.new_model.images, 1.0);
  const Setting identities = FindSetting("in-domain-identities");
  EXPECT_EQ(identities.old_model.identities, 0.5);
  EXPECT_EQ(identities.old_model.images, 1.0);
  const Setting backbone = FindSetting("in-domain-backbone");
  EXPECT_EQ(backbone.old_model.backbone, "small");
  EXPECT_EQ(backbone.new_model.backbone, "large");
  EXPECT_EQ(backbone.widths, "truncate");
  const Setting supervised = FindSetting("cross-domain-supervised");
  EXPECT_EQ(supervised.old_model.data, "source");
  EXPECT_EQ(supervised.new_model.labels, "ground-truth");
  const Setting unsupervised = FindSetting("cross-domain-unsupervised");
  EXPECT_EQ(unsupervised.new_model.labels, "none");
  EXPECT_EQ(unsupervised.new_model.init, "source-model");
  for (const Setting& setting : Settings()) {
    EXPECT_EQ(setting.score_on, "target");
    EXPECT_EQ(setting.validation_share, 0.1);
    EXPECT_EQ(setting.cells.size(), 5U);
  }
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
  json["old"]["image"] = 0.5;
  EXPECT_THAT(Refusal(json), AllOf(HasSubstr("x.json: old.image"), HasSubstr("`images`")));
}

TEST(Setting, EveryKeyIsRequired) {
  const Json valid = Valid();
  for (const auto& [key, value] : valid.items()) {
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
  EXPECT_THAT(Refusal(with("/old/images", 0)), HasSubstr("x.json: old.images"));
  EXPECT_THAT(Refusal(with("/old/images", 1.5)), HasSubstr("old.images"));
  EXPECT_THAT(Refusal(with("/new/labels", "pseudo")), HasSubstr("ground-truth"));
  EXPECT_THAT(Refusal(with("/widths", "crop")), HasSubstr("project"));
  EXPECT_THAT(Refusal(with("/setting", "../etc")), HasSubstr("lower-case"));
  EXPECT_THAT(Refusal(with("/validation_share", 0.6)), HasSubstr("validation_share"));
  EXPECT_THAT(Refusal(with("/cells", 3)), HasSubstr("cells"));
  EXPECT_THAT(Refusal(with("/cells/0", Json::array({"old"}))), HasSubstr("pair"));
  EXPECT_THAT(Refusal(with("/cells/0/0", "odl")), HasSubstr("`old`"));
  EXPECT_THAT(Refusal(with("/cells/1", Json::array({"old", "old"}))), HasSubstr("twice"));
  EXPECT_THAT(Refusal(with("/cells", Json::array({Json::array({"old", "old"})}))),
              HasSubstr("The gain"));
  EXPECT_THAT(Refusal(with("/old", Json::array())), HasSubstr("object"));
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
