// Which images choose the epoch that a model keeps, and where that is said.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "tests/unit/plan/toy_plan.h"

namespace bcr {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using testing::Planned;

const ModelWork& Work(const Plan& plan, const std::string& model) {
  return plan.Model(plan.runs.front().models.at(model));
}

const Json& Inputs(const Plan& plan, const std::string& model) {
  return plan.steps[plan.runs.front().models.at(model)].inputs;
}

TEST(JudgedOn, TheLastEpochIsKeptWhereNobodyAsks) {
  Planned planned;
  planned.request.settings = {"in-domain-data"};
  const Plan plan = planned.Make();
  EXPECT_FALSE(Work(plan, "new").judged_on.has_value());
  EXPECT_FALSE(Inputs(plan, "new").contains("checkpoint"));
}

// Each on held-out people of the data that it sees: the old model has never seen the target.
TEST(JudgedOn, ValidationIsOfTheDataThatAModelSees) {
  Planned planned;
  planned.request.settings = {"cross-domain-supervised"};
  planned.request.overrides = {"checkpoint=validation", "checkpoint_every=4"};
  const Plan plan = planned.Make();
  for (const auto& [model, role] : {std::pair("old", "source"), std::pair("new", "target")}) {
    const ModelWork& work = Work(plan, model);
    ASSERT_TRUE(work.judged_on.has_value());
    const ImageList::Part& part = work.judged_on->query.parts.front();
    EXPECT_EQ(part.role, role);
    EXPECT_EQ(part.split, Split::kTrain);
    EXPECT_EQ(part.hash, plan.runs.front().views->validation.at(role).hash);
    EXPECT_EQ(work.judged_on->gallery.parts.front().hash, part.hash);
    EXPECT_EQ(Inputs(plan, model).at("checkpoint").at("every"), 4);
  }
  EXPECT_THAT(plan.runs.front().unofficial_reasons, Contains(HasSubstr("checkpoint is locked")));
}

TEST(JudgedOn, ModelsWithAndWithoutLabelsMayDiffer) {
  Planned planned;
  planned.request.settings = {"cross-domain-unsupervised"};
  planned.request.overrides = {"without_labels.checkpoint=validation"};
  const Plan plan = planned.Make();
  EXPECT_FALSE(Work(plan, "old").judged_on.has_value());
  EXPECT_TRUE(Work(plan, "new").judged_on.has_value());
}

TEST(JudgedOn, NobodyHeldOutNobodyToChooseBy) {
  Planned planned;
  planned.request.settings = {"in-domain-data"};
  planned.request.overrides = {"checkpoint=validation", "setting.validation_share=0"};
  try {
    planned.Make();
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kConfig);
    EXPECT_THAT(error.what(), HasSubstr("validation_share"));
  }
}

TEST(JudgedOn, WhoIsScoredChoosesNothing) {
  Planned planned;
  planned.request.settings = {"in-domain-data"};
  planned.request.overrides = {"checkpoint=validation"};
  planned.request.score_on = "validation";
  EXPECT_THROW(planned.Make(), Error);
}

TEST(JudgedOn, TheTestSplitIsAskedForByAFlagAndMarksTheRecord) {
  Planned planned;
  planned.request.settings = {"cross-domain-supervised"};
  planned.request.best_on_test = 5;
  const Plan plan = planned.Make();
  const ModelWork& old = Work(plan, "old");
  ASSERT_TRUE(old.judged_on.has_value());
  EXPECT_EQ(old.judged_on->query.parts.front().role, "source");
  EXPECT_EQ(old.judged_on->query.parts.front().split, Split::kQuery);
  EXPECT_EQ(old.judged_on->gallery.parts.front().split, Split::kGallery);
  EXPECT_EQ(Inputs(plan, "new").at("checkpoint").at("by"), "test");
  EXPECT_THAT(plan.runs.front().unofficial_reasons, Contains("epochs chosen on the test split"));
  EXPECT_EQ(plan.runs.front().configuration.at("best_on_test"), 5);
  try {
    planned.request.best_on_test = 0;
    planned.request.overrides = {"checkpoint=test"};
    planned.Make();
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("last, validation"));
  }
}

}  // namespace
}  // namespace bcr
