// Models that see labels of some of their data: how they are trained, and what decides it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/plan/plan.h"
#include "tests/unit/plan/toy_plan.h"

namespace bcr {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using testing::Find;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Planned;

constexpr char kSetting[] = "multi-source-unsupervised";

struct Sources : Planned {
  Plan plan;
  const PlannedRun* run;
  explicit Sources(const std::vector<std::string>& overrides = {},
                   const std::string& second = "listed,domain=c") {
    request.settings = {kSetting};
    request.data["second-source"] = ParseDataRef(second);
    request.overrides = overrides;
    plan = Make();
    run = &Find(plan, kSetting, "independent");
  }
  size_t Place(const char* model) const { return run->models.at(model); }
  const ModelWork& Of(const char* model) const { return plan.Model(Place(model)); }
  const ModelWork& First(const char* model) const { return plan.Model(*Of(model).start); }
};

std::vector<std::string> Roles(const ModelWork& work) {
  std::vector<std::string> roles;
  for (const ViewRows& view : work.views) roles.push_back(view.data);
  return roles;
}

TEST(MultiSource, TheFirstStageSeesTheLabelledSourcesAlone) {
  const Sources sources;
  const ModelWork& fresh = sources.Of("new");
  EXPECT_THAT(Roles(fresh), ElementsAre("source", "second-source", "target"));
  EXPECT_EQ(fresh.labels, "mixed");
  EXPECT_THAT(fresh.unlabelled, ElementsAre("target"));
  EXPECT_EQ(fresh.init, "base:labelled-sources");
  const ModelWork& first = sources.First("new");
  EXPECT_THAT(Roles(first), ElementsAre("source", "second-source"));
  EXPECT_EQ(first.labels, "ground-truth");
  EXPECT_THAT(first.unlabelled, IsEmpty());
  EXPECT_EQ(first.base.name, "labelled-sources");
  EXPECT_EQ(*sources.Of("new").start, *sources.Of("paragon").start) << "one model for both";
  EXPECT_EQ(sources.Of("old").spec.norm, "plain");
  EXPECT_THAT(sources.Of("old").spec.domains, IsEmpty());
}

TEST(MultiSource, NetworksKnowTheDataSetsThatTheyAreTrainedOn) {
  const Sources sources;
  const ModelSpec& fresh = sources.Of("new").spec;
  EXPECT_EQ(fresh.norm, "rectified");
  EXPECT_EQ(fresh.fusion, "mdif");
  EXPECT_THAT(fresh.domains, ElementsAre("hash of listed,domain=b", "hash of listed,domain=c",
                                         "hash of listed,domain=a"));
  EXPECT_EQ(sources.First("new").spec.norm, "domain");
  EXPECT_THAT(sources.First("new").spec.domains,
              ElementsAre("hash of listed,domain=b", "hash of listed,domain=c"));
}

TEST(MultiSource, KeysHoldWhichDataHaveLabels) {
  const Sources sources;
  const auto& inputs = sources.plan.steps[sources.Place("new")].inputs;
  EXPECT_EQ(inputs.at("labels"), (Json{"ground-truth", "ground-truth", "none"}));
  const Sources fewer({"setting.models.new.labels.second-source=none"});
  EXPECT_EQ(fewer.plan.steps[fewer.Place("new")].inputs.at("labels"),
            (Json{"ground-truth", "none", "none"}));
  EXPECT_NE(fewer.plan.steps[fewer.Place("new")].key, sources.plan.steps[sources.Place("new")].key);
  EXPECT_THAT(Roles(fewer.First("new")), ElementsAre("source"));
}

TEST(MultiSource, ABaseForDividedDataIsLeftOutElsewhere) {
  Planned planned;
  planned.request.settings = {"in-domain-data", "cross-domain-unsupervised", kSetting};
  planned.request.data["second-source"] = ParseDataRef("listed,domain=c");
  planned.request.methods = {"divided"};
  const Plan plan = planned.Make();
  ASSERT_EQ(plan.runs.size(), 1U);
  EXPECT_EQ(plan.runs[0].protocol->setting.name, kSetting);
  EXPECT_THAT(plan.left_out, Contains(HasSubstr("new sees those of all its data")));
  EXPECT_THAT(plan.left_out, Contains(HasSubstr("new sees none")));
}

TEST(MultiSource, WithoutAnyLabelsThereIsNoFirstStage) {
  Planned planned;
  planned.request.settings = {"cross-domain-unsupervised"};
  planned.request.overrides = {"profile.bases.without_labels=multi-source"};
  try {
    planned.Make();
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kConfig);
    EXPECT_THAT(error.what(), HasSubstr("sees no labels"));
  }
}

TEST(MultiSource, BasesOfAllLabelsDoNotServe) {
  Planned planned;
  planned.request.settings = {kSetting};
  planned.request.data["second-source"] = ParseDataRef("listed,domain=c");
  planned.request.methods = {"labelled"};
  EXPECT_THAT(planned.Make().left_out, Contains(HasSubstr("needs labels")));
}

}  // namespace
}  // namespace bcr
