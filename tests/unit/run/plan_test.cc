// What a plan shares and what it keeps apart, on a listed data set that has no pixels.
#include "harness/run/plan.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "tests/unit/run/toy_plan.h"

namespace bcr {
namespace {

using testing::Planned;

const PlannedRun& Find(const Plan& plan, const std::string& setting, const std::string& method,
                       int seed = 1) {
  for (const PlannedRun& run : plan.runs) {
    if (run.protocol.setting.name == setting && run.method.name == method && run.seed == seed)
      return run;
  }
  throw std::runtime_error("no run " + setting + " / " + method);
}

TEST(Plan, EqualTrainingsAreSharedAcrossRowsAndSettings) {
  Planned planned;
  planned.request.methods = {"independent", "pull"};
  const Plan plan = planned.Make();
  ASSERT_EQ(plan.runs.size(), 10U);
  const auto model = [&](const char* setting, const char* method, const char* key) {
    return Find(plan, setting, method).models.at(key);
  };
  // The independent new model sees all labelled target images in three settings: trained once.
  EXPECT_EQ(model("in-domain-data", "independent", "new"),
            model("in-domain-identities", "independent", "new"));
  EXPECT_EQ(model("in-domain-data", "independent", "new"),
            model("cross-domain-supervised", "independent", "new"));
  EXPECT_EQ(model("in-domain-data", "pull", "paragon"),
            model("in-domain-data", "independent", "new"));
  EXPECT_EQ(model("cross-domain-supervised", "pull", "old"),
            model("cross-domain-unsupervised", "pull", "old"));
  EXPECT_NE(model("in-domain-data", "pull", "new"), model("in-domain-identities", "pull", "new"));
  EXPECT_NE(model("in-domain-data", "pull", "old"), model("in-domain-identities", "pull", "old"));
  std::set<std::string> keys;
  for (const PlannedModel& m : plan.models) EXPECT_TRUE(keys.insert(m.key).second) << m.title;
}

TEST(Plan, RolesNeverBeginFromEqualWeights) {
  Planned planned;
  planned.request.methods = {"pull"};
  const Plan plan = planned.Make();
  for (const PlannedRun& run : plan.runs) {
    const auto& old = plan.models[static_cast<size_t>(run.models.at("old"))];
    const auto& fresh = plan.models[static_cast<size_t>(run.models.at("new"))];
    EXPECT_NE(old.seed, fresh.seed);
    if (run.protocol.setting.name == "cross-domain-unsupervised") {
      ASSERT_GE(fresh.start_model, 0);
      EXPECT_NE(fresh.start_model, run.models.at("old"));
      EXPECT_NE(plan.models[static_cast<size_t>(fresh.start_model)].seed, old.seed);
    } else {
      EXPECT_EQ(fresh.start_model, -1);
    }
  }
}

TEST(Plan, NullTakesTheOldModelAsNew) {
  Planned planned;
  planned.request.methods = {"null"};
  const Plan plan = planned.Make();
  for (const PlannedRun& run : plan.runs) EXPECT_EQ(run.models.at("new"), run.models.at("old"));
}

TEST(Plan, AMethodThatNeedsLabelsIsLeftOutWithTheReason) {
  Planned planned;
  planned.request.methods = {"labelled"};
  const Plan plan = planned.Make();
  EXPECT_EQ(plan.runs.size(), 4U);
  ASSERT_EQ(plan.left_out.size(), 1U);
  EXPECT_NE(plan.left_out[0].find("cross-domain-unsupervised"), std::string::npos);
}

TEST(Plan, WhatDecidesBytesDecidesTheKey) {
  const auto key = [](const std::function<void(RunRequest&)>& change) {
    Planned planned;
    planned.request.methods = {"pull"};
    planned.request.settings = {"in-domain-data"};
    change(planned.request);
    const Plan plan = planned.Make();
    return plan.models[static_cast<size_t>(plan.runs.front().models.at("new"))].key;
  };
  const std::string base = key([](RunRequest&) {});
  EXPECT_EQ(base, key([](RunRequest& r) { r.threads = 7; }));
  EXPECT_NE(base, key([](RunRequest& r) { r.first_seed = 2; }));
  EXPECT_NE(base, key([](RunRequest& r) { r.overrides = {"profile.epochs=3"}; }));
  EXPECT_NE(base, key([](RunRequest& r) { r.overrides = {"setting.old.images=0.3"}; }))
      << "another old model";
  EXPECT_NE(base, key([](RunRequest& r) { r.compatibility_weight = 2; }));
}

TEST(Plan, TheFeatureSideDecidesModelsWithAnOldOneAlone) {
  const auto keys = [](const char* side) {
    Planned planned;
    planned.request.methods = {"pull"};
    planned.request.settings = {"in-domain-data"};
    planned.request.overrides = {std::string("profile.extraction.feature_side=") + side};
    const Plan plan = planned.Make();
    std::map<std::string, std::string> result;
    for (const auto& [role, index] : plan.runs.front().models)
      result[role] = plan.models[static_cast<size_t>(index)].key;
    return result;
  };
  auto after = keys("after-neck"), before = keys("before-neck");
  EXPECT_EQ(after["old"], before["old"]);
  EXPECT_EQ(after["paragon"], before["paragon"]);
  EXPECT_NE(after["new"], before["new"]) << "its compatible term is on the feature that is scored";
}

TEST(Plan, ParametersThatAPlugInRefusesAreRefusedAtOnce) {
  for (const char* bad :
       {"profile.objectives.triplet.margin=500", "profile.label_sources.cluster-contrast.k1=1"}) {
    Planned planned;
    planned.request.methods = {"independent"};
    planned.request.overrides = {bad};
    try {
      planned.Make();
      ADD_FAILURE() << "accepted " << bad;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kConfig) << bad;
    }
  }
}

TEST(Plan, WarnsWhereLabelsHangOnTheLastBit) {
  const auto warnings = [](const std::string& eps) {
    Planned planned;
    planned.request.methods = {"independent", "pull"};
    planned.request.overrides = {"profile.cluster_contrast.k2=6",
                                 "profile.cluster_contrast.eps=" + eps};
    return planned.Make().warnings;
  };
  EXPECT_TRUE(warnings("0.6").empty());
  const std::vector<std::string> told = warnings("0.5");
  ASSERT_EQ(told.size(), 1U) << "once, whatever the number of rows";
  EXPECT_NE(told.front().find("eps 0.5"), std::string::npos) << told.front();
}

TEST(Plan, PaperProfileAsksForWeights) {
  Planned planned;
  planned.request.profile = "paper";
  try {
    planned.Make();
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("--init"), std::string::npos) << error.what();
  }
  planned.request.init = {"random"};
  EXPECT_FALSE(planned.Make().runs.front().unofficial_reasons.empty());
}

TEST(Plan, UnknownMethodIsRefusedWithASuggestion) {
  Planned planned;
  planned.request.methods = {"independant"};
  try {
    planned.Make();
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUsage);
    EXPECT_NE(std::string(error.what()).find("`independent`"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace bcr
