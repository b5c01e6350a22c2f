// The objective `logit-distillation` by hand. Further values: objectives_golden_test.cc.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "tests/unit/methods/pair_batch.h"

namespace bcr {
namespace {

using testing::FillPairs;
using testing::LossOf;
using testing::MakeNamed;
using testing::Rows;

// Models that are given from elsewhere have no classifier: these terms are then left out beforehand.
TEST(OldHead, ObjectivesSayThatTheyCannotDoWithoutIt) {
  const auto needs = [](const char* name, const Json& parameters) {
    const ObjectiveInfo& info = FindObjective(objective_table(), name);
    return info.needs_old_head != nullptr &&
           info.needs_old_head(CompleteParameters(info, parameters));
  };
  EXPECT_TRUE(needs("logit-distillation", Json::object()));
  EXPECT_TRUE(needs("kl-distillation", Json::object()));
  for (const char* form : {"old-head", "whole-head"}) EXPECT_TRUE(needs("bct", {{"form", form}}));
  for (const char* form : {"auto", "auto-whole", "synth-head", "raw-means"})
    EXPECT_FALSE(needs("bct", {{"form", form}})) << form;
  EXPECT_FALSE(needs("regression", Json::object()));
}

// The head gives the two coordinates as logits. An old answer of (3/4, 1/4) to a new one of (1/2,
// 1/2) costs log 2; to itself, its entropy.
TEST(LogitDistillation, TwoClassesByHand) {
  OldModel old;
  old.head = FloatMatrix(2, 2);
  old.head.row(0)[0] = old.head.row(1)[1] = 1;
  TrainingSet set;
  set.old_model = &old;
  const auto objective = MakeNamed("logit-distillation", Json::object());
  objective->Prepare(set);
  const auto loss = [&](const std::vector<double>& fresh) {
    Batch batch;
    FillPairs(Rows(fresh, 2), Rows({std::log(3), 0}, 2), {-1}, batch);
    return LossOf(*objective, batch).item<double>();
  };
  EXPECT_NEAR(loss({2, 2}), std::log(2), 1e-12);
  EXPECT_NEAR(loss({std::log(3), 0}), std::log(4) - .75 * std::log(3), 1e-12);
}

TEST(LogitDistillation, WithoutAnOldHeadItIsRefused) {
  const OldModel old;
  TrainingSet set;
  set.old_model = &old;
  EXPECT_THROW(MakeNamed("logit-distillation", Json::object())->Prepare(set), Error);
}

}  // namespace
}  // namespace bcr
