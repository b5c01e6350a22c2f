// What a plan shares and what it keeps apart, on a listed data set that has no pixels.
#include "harness/run/plan.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "harness/core/error.h"
#include "harness/core/files.h"

namespace bcr {
namespace {

class Listed : public Dataset {
 public:
  explicit Listed(const DataRef& ref) {
    reader_ = "listed";
    revision_ = 1;
    ref_ = ref;
    hash_ = "hash of " + ref.Text();
    for (int id = 0; id < 20; ++id) {
      for (int k = 0; k < 6; ++k) {
        images_[0].push_back({std::to_string(id) + "_" + std::to_string(k), std::to_string(id),
                              std::to_string(k % 3)});
      }
    }
  }
  std::string ReadImage(Split, size_t) const override {
    throw Error(ErrorCode::kInternal, {"no pixels", "", "", ""});
  }
};

const DatasetInfo& ListedReader() {
  static const DatasetInfo info = {
      .name = "listed",
      .revision = 1,
      .options = {{"domain", "a or b"}},
      .needs_path = false,
      .open = [](const DataRef& ref, const OpenContext&) -> std::unique_ptr<Dataset> {
        return std::make_unique<Listed>(ref);
      }};
  return info;
}

const std::vector<EmbeddedFile> kMethods = {
    {"independent",
     R"({"method": "independent", "revision": 1, "order": 1, "default_run": true, "about": "", "reference": "", "objectives": []})"},
    {"pull",
     R"({"method": "pull", "revision": 1, "order": 2, "about": "", "reference": "",
         "objectives": [{"objective": "toy", "weight": 2.0}]})"},
    {"null",
     R"({"method": "null", "revision": 1, "order": 3, "new_is_old": true, "about": "", "reference": "", "objectives": []})"},
    {"labelled",
     R"({"method": "labelled", "revision": 1, "order": 4, "base": "softmax-triplet", "about": "", "reference": "", "objectives": []})"},
};
const std::vector<EmbeddedFile> kBases = {
    {"softmax-triplet",
     R"({"base": "softmax-triplet", "revision": 1, "about": "", "objectives": [{"objective": "toy"}]})"},
    {"cluster-contrast",
     R"({"base": "cluster-contrast", "revision": 1, "about": "", "label_source": "clusters", "head": false,
         "objectives": [{"objective": "toy"}]})"},
};

const ObjectiveInfo& Toy() {
  static const ObjectiveInfo info = {.name = "toy", .revision = 1, .parameters = "{}"};
  return info;
}

struct Planned {
  TemporaryFolder folder;
  RunRequest request;
  PlugIns plug_ins;
  Plan Make() {
    request.store_folder = folder.path();
    plug_ins.datasets = {&ListedReader()};
    plug_ins.train.objectives = {&Toy()};
    plug_ins.methods = &kMethods;
    plug_ins.bases = &kBases;
    request.target = ParseDataRef("listed,domain=a");
    request.source = ParseDataRef("listed,domain=b");
    if (request.settings.empty()) {
      for (const Setting& setting : Settings()) request.settings.push_back(setting.name);
    }
    const ArtifactStore store(request.store_folder);
    DataRoles data(request, plug_ins, store, 64, 32, true);
    return MakePlan(request, plug_ins, RecipeBook(plug_ins), data, "cpu");
  }
};

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
