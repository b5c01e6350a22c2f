// By which base learner each model of a setting is trained, and what of it is in a model's key.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/plan/plan.h"
#include "tests/unit/plan/toy_plan.h"

namespace bcr {
namespace {

using testing::Find;
using testing::Planned;

// Old and new model learn by the bases that the setting names; all else is as in other settings.
TEST(Bases, ASettingMayNameTheBaseOfEachModel) {
  Planned planned;
  planned.request.methods = {"independent", "pull"};
  planned.request.settings = {"in-domain-loss", "in-domain-data"};
  const Plan plan = planned.Make();
  for (const char* method : {"independent", "pull"}) {
    const PlannedRun& run = Find(plan, "in-domain-loss", method);
    EXPECT_EQ(plan.Model(run.models.at("old")).base.name, "softmax-triplet");
    EXPECT_EQ(plan.Model(run.models.at("new")).base.name, "arcface-triplet");
    EXPECT_EQ(plan.Model(run.models.at("paragon")).base.name, "arcface-triplet");
    EXPECT_EQ(run.configuration.at("base").at("base"), "arcface-triplet");
  }
  const PlannedRun& alone = Find(plan, "in-domain-loss", "independent");
  EXPECT_EQ(alone.models.at("new"), alone.models.at("paragon"));
  EXPECT_NE(alone.models.at("new"), Find(plan, "in-domain-data", "independent").models.at("new"));
}

TEST(Bases, AMethodWithAnotherBaseThanTheSettingsIsLeftOut) {
  Planned planned;
  planned.request.methods = {"labelled", "stationary", "independent"};
  planned.request.settings = {"in-domain-loss"};
  const Plan plan = planned.Make();
  EXPECT_EQ(plan.runs.size(), 1U);
  EXPECT_EQ(
      plan.left_out,
      (std::vector<std::string>{
          "labelled in in-domain-loss: its base learner is `softmax-triplet`, and the setting "
          "trains new by `arcface-triplet`",
          "stationary in in-domain-loss: its base learner is `places`, and the setting trains "
          "old by `softmax-triplet`"}));
  planned.request.overrides = {"setting.models.new.base=softmax-triplet"};
  EXPECT_EQ(planned.Make().left_out.size(), 1U);
}

// Of a setting that names none, and with a name that there is not.
TEST(Bases, TheBaseOfAModelMaySet) {
  Planned planned;
  planned.request.methods = {"independent"};
  planned.request.settings = {"in-domain-data"};
  planned.request.overrides = {"setting.models.new.base=arcface-triplet"};
  const Plan plan = planned.Make();
  const PlannedRun& run = plan.runs.front();
  EXPECT_EQ(plan.Model(run.models.at("new")).base.name, "arcface-triplet");
  EXPECT_EQ(plan.Model(run.models.at("paragon")).base.name, "arcface-triplet");
  EXPECT_EQ(plan.Model(run.models.at("old")).base.name, "softmax-triplet");
  EXPECT_THAT(run.unofficial_reasons, ::testing::Contains(::testing::HasSubstr("arcface-triplet")));
  planned.request.overrides = {"setting.models.new.base=arcface"};
  try {
    planned.Make();
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("`arcface-triplet`"));
  }
}

// Stored models keep their keys when a plug-in gets a parameter.
TEST(Bases, LaterParametersAreInTheKeyWhereTheyAreGiven) {
  const auto planned = [](const std::vector<std::string>& overrides) {
    Planned made;
    made.request.methods = {"headed"};
    made.request.settings = {"in-domain-data"};
    made.request.overrides = overrides;
    const Plan plan = made.Make();
    return plan.steps[plan.runs.front().models.at("new")].inputs.at("compatibility")[0].at(
        "parameters");
  };
  EXPECT_EQ(planned({}), Json::object());
  EXPECT_EQ(planned({"headed.form=others"}), (Json{{"form", "others"}}));
}

// A class token is not pooled: what a profile says of pooling then decides nothing.
TEST(Bases, PoolingDecidesNetworksWithAMapAlone) {
  const auto inputs = [](const std::string& backbone, const std::string& pooling) {
    Planned planned;
    planned.request.settings = {"in-domain-data"};
    planned.request.overrides = {"profile.backbones.standard=" + backbone,
                                 "profile.pooling=" + pooling};
    const Plan plan = planned.Make();
    return plan.steps[plan.runs.front().models.at("new")].inputs;
  };
  const Json token = inputs("vit_micro", "gem");
  EXPECT_EQ(token.at("spec").at("pooling"), "token");
  EXPECT_EQ(token, inputs("vit_micro", "avg"));
  EXPECT_EQ(inputs("micro16", "gem").at("spec").at("pooling"), "gem");
  EXPECT_NE(inputs("micro16", "gem"), inputs("micro16", "avg"));
}

TEST(Bases, ABaseMayPoolInAWayOfItsOwn) {
  Planned planned;
  planned.request.settings = {"in-domain-data"};
  const auto pooling = [&](const std::vector<std::string>& overrides) {
    planned.request.overrides = overrides;
    const Plan plan = planned.Make();
    return plan.steps[plan.runs.front().models.at("new")].inputs.at("spec").at("pooling");
  };
  const std::string averaged = "profile.bases.with_labels=averaged";
  EXPECT_EQ(pooling({}), "gem");
  EXPECT_EQ(pooling({averaged}), "avg");
  EXPECT_EQ(pooling({averaged, "profile.pooling=gem"}), "gem");
}

TEST(Bases, ABaseMayAskForAnEmbedding) {
  Planned planned;
  planned.request.settings = {"in-domain-data"};
  const auto model = [&](const std::string& base) {
    planned.request.overrides = {"profile.bases.with_labels=" + base};
    const Plan plan = planned.Make();
    return plan.steps[plan.runs.front().models.at("new")].inputs;
  };
  const Json plain = model("softmax-triplet"), embedded = model("embedded");
  EXPECT_FALSE(plain.at("spec").contains("embedding"));
  EXPECT_FALSE(plain.at("base").contains("embedding"));
  EXPECT_EQ(embedded.at("spec").at("embedding"), 24);
  try {
    model("embedded-places");
    FAIL() << "two widths";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kConfig);
    EXPECT_NE(std::string(error.what()).find("embedding 24"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace bcr
