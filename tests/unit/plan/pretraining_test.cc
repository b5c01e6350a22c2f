// Base learners that start from another one's model: what that is trained on, and what it decides.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "harness/core/error.h"
#include "harness/plan/plan.h"
#include "tests/unit/plan/toy_plan.h"

namespace bcr {
namespace {

using testing::Find;
using testing::Planned;

struct Warm : Planned {
  Plan plan;
  const PlannedRun* run;
  Warm(const std::string& base, const std::string& setting,
       const std::vector<std::string>& more = {}) {
    request.settings = {setting};
    request.overrides = {"profile.bases.with_labels=" + base};
    request.overrides.insert(request.overrides.end(), more.begin(), more.end());
    plan = Make();
    run = &Find(plan, setting, "independent");
  }
  size_t Place(const char* model) const { return run->models.at(model); }
  const ModelWork& Of(const char* model) const { return plan.Model(Place(model)); }
  size_t FirstPlace(const char* model) const { return *Of(model).start; }
  const ModelWork& First(const char* model) const { return plan.Model(FirstPlace(model)); }
};

std::set<std::string> Identities(const ModelWork& work) {
  std::set<std::string> all;
  for (const ViewRows& view : work.views)
    for (const std::string& identity : view.identities) all.insert(view.data + identity);
  return all;
}

size_t ImagesOf(const ModelWork& work) {
  size_t images = 0;
  for (const ViewRows& view : work.views) images += view.rows.size();
  return images;
}

TEST(Pretraining, IsAStepOfItsOwn) {
  const Warm warm("warm", "in-domain-identities");
  for (const char* name : {"old", "new"}) {
    SCOPED_TRACE(name);
    const ModelWork& model = warm.Of(name);
    EXPECT_EQ(model.init, "base:cluster-contrast");
    ASSERT_TRUE(model.start.has_value());
    const ModelWork& first = warm.First(name);
    EXPECT_EQ(first.base.name, "cluster-contrast");
    EXPECT_EQ(first.labels, "none");
    EXPECT_EQ(first.init, "random");
    EXPECT_FALSE(first.start.has_value());
    EXPECT_TRUE(first.earlier.empty());
    EXPECT_NE(first.seed, model.seed);
    EXPECT_EQ(first.options.batches_per_epoch,
              warm.run->protocol->profile.without_labels.batches_per_epoch);
    ASSERT_EQ(first.views.size(), 1U);
    EXPECT_EQ(first.views[0].hash, model.views[0].hash) << "the same images";
    EXPECT_EQ(first.views[0].rows, model.views[0].rows);
    EXPECT_EQ(first.views[0].identities, model.views[0].identities);
    const Step& step = warm.plan.steps[warm.Place(name)];
    EXPECT_NE(std::find(step.needs.begin(), step.needs.end(), warm.FirstPlace(name)),
              step.needs.end());
    EXPECT_EQ(step.inputs.at("start"), warm.plan.steps[warm.FirstPlace(name)].key);
    EXPECT_FALSE(warm.plan.steps[warm.FirstPlace(name)].wanted) << "made for what starts from it";
  }
  EXPECT_NE(warm.FirstPlace("old"), warm.FirstPlace("new"));
  EXPECT_EQ(warm.FirstPlace("new"), warm.FirstPlace("paragon"));
}

TEST(Pretraining, AllImagesAreThoseOfEveryModelAndNobodyHeldOut) {
  const Warm identities("warm-all", "in-domain-identities");
  EXPECT_LT(Identities(identities.Of("old")).size(), Identities(identities.Of("new")).size());
  EXPECT_EQ(Identities(identities.First("old")), Identities(identities.Of("new")));
  EXPECT_EQ(identities.First("old").views[0].hash, identities.First("new").views[0].hash);
  const Warm domains("warm-all", "cross-domain-supervised");
  const ModelWork& first = domains.First("old");
  ASSERT_EQ(first.views.size(), 2U);
  std::set<std::string> both = Identities(domains.Of("old"));
  const std::set<std::string> target = Identities(domains.Of("new"));
  both.insert(target.begin(), target.end());
  EXPECT_EQ(Identities(first), both);
  for (const auto& [role, held] : domains.run->views->validation) {
    for (const std::string& identity : held.identities)
      EXPECT_FALSE(Identities(first).contains(role + identity));
  }
}

TEST(Pretraining, AShareOfTheImagesIsDrawn) {
  const Warm all("warm-all", "in-domain-data"), half("warm-half", "in-domain-data");
  const std::vector<size_t>& rows = half.First("new").views[0].rows;
  const std::vector<size_t>& every = all.First("new").views[0].rows;
  EXPECT_EQ(rows.size(), (every.size() + 1) / 2);
  EXPECT_TRUE(std::includes(every.begin(), every.end(), rows.begin(), rows.end()));
  EXPECT_EQ(rows, half.First("old").views[0].rows);
  EXPECT_NE(half.First("new").views[0].hash, all.First("new").views[0].hash);
  EXPECT_EQ(ImagesOf(half.Of("new")), every.size()) << "its own training is not cut";
}

TEST(Pretraining, ByLabelsSeesThem) {
  const Warm warm("warm-labelled", "in-domain-identities");
  EXPECT_EQ(warm.First("old").labels, "ground-truth");
  EXPECT_EQ(warm.First("old").base.name, "softmax-triplet");
  EXPECT_EQ(Identities(warm.First("old")), Identities(warm.Of("old")));
}

// It starts where its successor would have started.
TEST(Pretraining, StandsBehindWhatASettingStartsFrom) {
  Planned planned;
  planned.request.settings = {"cross-domain-unsupervised"};
  planned.request.overrides = {"setting.models.new.labels=ground-truth",
                               "profile.bases.with_labels=warm"};
  const Plan plan = planned.Make();
  const PlannedRun& run = plan.runs.front();
  const ModelWork& fresh = plan.Model(run.models.at("new"));
  ASSERT_TRUE(fresh.start.has_value());
  const ModelWork& first = plan.Model(*fresh.start);
  EXPECT_EQ(first.base.name, "cluster-contrast");
  EXPECT_EQ(first.start, run.models.at("source-model"));
  EXPECT_EQ(first.init, "source-model");
}

// Two students begin from two models of the source, made in one way from two seeds.
TEST(SecondStudent, HasAStartOfItsOwn) {
  Planned planned;
  planned.request.settings = {"cross-domain-unsupervised"};
  planned.request.overrides = {"profile.bases.without_labels=two-students"};
  const Plan plan = planned.Make();
  const PlannedRun& run = Find(plan, "cross-domain-unsupervised", "independent");
  const Step& fresh = plan.steps[run.models.at("new")];
  const ModelWork& work = plan.Model(run.models.at("new"));
  ASSERT_TRUE(work.start.has_value() && work.second_start.has_value());
  const ModelWork &first = plan.Model(*work.start), &second = plan.Model(*work.second_start);
  EXPECT_EQ(*work.start, run.models.at("source-model"));
  EXPECT_NE(first.seed, second.seed);
  EXPECT_EQ(first.base.name, second.base.name);
  EXPECT_EQ(first.views[0].hash, second.views[0].hash);
  EXPECT_EQ(fresh.inputs.at("second_start"), plan.steps[*work.second_start].key);
  EXPECT_NE(std::find(fresh.needs.begin(), fresh.needs.end(), *work.second_start),
            fresh.needs.end());
  EXPECT_EQ(plan.Model(run.models.at("paragon")).second_start, work.second_start);
  planned.request.overrides = {};
  const Plan plain = planned.Make();
  const PlannedRun& other = Find(plain, "cross-domain-unsupervised", "independent");
  EXPECT_FALSE(plain.steps[other.models.at("new")].inputs.contains("second_start"));
}

TEST(Pretraining, WhatCannotBeIsRefused) {
  const auto refusal = [](const char* base) -> std::string {
    try {
      Warm(base, "in-domain-data");
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kConfig);
      return error.what();
    }
    return "accepted";
  };
  EXPECT_THAT(refusal("warm-wrong"), ::testing::HasSubstr("learns identities"));
  EXPECT_THAT(refusal("warm-twice"), ::testing::HasSubstr("starts from another base itself"));
}

TEST(Pretraining, WhatDecidesItsBytesDecidesBothKeys) {
  const auto keys = [](const std::vector<std::string>& more) {
    const Warm warm("warm", "in-domain-data", more);
    return std::pair(warm.plan.steps[warm.FirstPlace("new")].key,
                     warm.plan.steps[warm.Place("new")].key);
  };
  const auto plain = keys({});
  const auto longer = keys({"profile.without_labels.epochs=3"});
  EXPECT_NE(plain.first, longer.first);
  EXPECT_NE(plain.second, longer.second);
  const auto later = keys({"profile.epochs=3"});
  EXPECT_EQ(plain.first, later.first) << "shared by trainings that differ behind it";
  EXPECT_NE(plain.second, later.second);
}

}  // namespace
}  // namespace bcr
