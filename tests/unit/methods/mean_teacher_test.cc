// Consistency with the mean teacher, by the fact sheet's vectors (sections 7.9 and 7.10).
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "tests/unit/methods/pair_batch.h"

namespace bcr {
namespace {

using testing::LossOf;
using testing::MakeNamed;
using testing::Rows;

struct Pair {
  at::Tensor student = Rows({1, 2, 0, 0, 0, 3}, 3).set_requires_grad(true);
  at::Tensor teacher = Rows({2, 1, 0, 0, 1, 2}, 3).set_requires_grad(true);
  Batch batch;
  Pair() {
    batch.Set(Slot::kLogits, student);
    batch.Set(Slot::kTeacherLogits, teacher);
  }
};

TEST(MeanTeacherLoss, Vectors) {
  Pair pair;
  // KL of the sheet's pair at temperature 1.
  EXPECT_NEAR(LossOf("mean-teacher", {{"distance", "kl"}}, pair.batch), 0.34365850, 1e-8);
  EXPECT_NEAR(LossOf("mean-teacher", {}, pair.batch), 0.0758465293, 1e-9)
      << "divided by classes and images";
}

TEST(MeanTeacherLoss, TheGradientIsTheStudentsAlone) {
  for (const char* distance : {"mse", "kl"}) {
    Pair pair;
    LossOf(*MakeNamed("mean-teacher", {{"distance", distance}}), pair.batch).backward();
    EXPECT_GT(pair.student.grad().abs().max().item<double>(), 0);
    EXPECT_FALSE(pair.teacher.grad().defined());
  }
  Pair none;
  Terms terms;
  MakeNamed("mean-teacher", {{"distance", "none"}})->Compute(none.batch, terms);
  EXPECT_TRUE(terms.names().empty());
}

TEST(MeanTeacherLoss, ItsWeightRises) {
  const auto weight = [](double ramp, double epoch) {
    const auto objective = MakeNamed("mean-teacher", {{"ramp_epochs", ramp}});
    TrainingSet set;
    set.epochs = 60;
    objective->Prepare(set);
    return objective->WeightAt(epoch / 60);
  };
  EXPECT_NEAR(weight(30, 0), 0.00673795, 1e-8);
  EXPECT_NEAR(weight(30, 15), 0.28650480, 1e-8);
  EXPECT_EQ(weight(30, 30), 1);
  EXPECT_EQ(weight(30, 45), 1);
  EXPECT_EQ(weight(0, 0), 1) << "the full weight throughout";
}

TEST(MeanTeacherLoss, WhichTeacherItAsksFor) {
  const auto choice = [](Json parameters) {
    const ObjectiveInfo& info = FindObjective(objective_table(), "mean-teacher");
    return info.teacher(CompleteParameters(info, parameters));
  };
  EXPECT_EQ(choice(Json::object()), TeacherChoice());
  EXPECT_EQ(choice({{"decay", 0.99}, {"warm_up", false}, {"statistics", "averaged"}}),
            (TeacherChoice{.decay = 0.99, .warm_up = false, .own_statistics = false}));
  const TeacherChoice alone = choice({{"distance", "none"}});
  EXPECT_FALSE(alone.answers);
  EXPECT_FALSE(alone.own_statistics) << "it has no passes of its own";
  EXPECT_THROW(MakeNamed("mean-teacher", {{"decay", 1}}), Error);
  EXPECT_THROW(MakeNamed("mean-teacher", {{"distance", "l2"}}), Error);
}

}  // namespace
}  // namespace bcr
