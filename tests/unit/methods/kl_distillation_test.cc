// Distillation between classifiers, by the fact sheet's vectors.
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

// Old features are the old logits: the head is the unit matrix of three classes. Of the new model's
// four classes, the second is unknown to the old model, and the others stand in another order.
struct Pair {
  OldModel old;
  TrainingSet set;
  LabelSet labels;
  Batch batch;
  Pair() {
    old.head = FloatMatrix(3, 3);
    for (size_t k = 0; k < 3; ++k) old.head.row(k)[k] = 1;
    old.class_of = {2, -1, 0, 1};
    set.old_model = &old;
    labels.identities = true;
    labels.classes = 4;
    // Student [[1, 2, 0], [0, 0, 3]] and teacher [[2, 1, 0], [0, 1, 2]] by old class.
    FillPairs(Rows({1, 2, 0, 0, 0, 3}, 3), Rows({2, 1, 0, 0, 1, 2}, 3), {0, -1}, batch);
    batch.Set(Slot::kLogits, Rows({0, 9, 1, 2, 3, -7, 0, 0}, 4).set_requires_grad(true));
  }
  std::unique_ptr<Objective> Ready(const Json& parameters) {
    auto objective = MakeNamed("kl-distillation", parameters);
    objective->Prepare(set);
    objective->OnLabels(labels);
    return objective;
  }
};

TEST(KlDistillation, SheetVectors) {
  struct Line {
    double temperature, forward, half;
  };
  for (const Line& line : {Line{1, 0.34365850, 0.32116925}, Line{4, 0.36629330, 0.36404718},
                           Line{16, 0.34328595, 0.34316764}}) {
    for (const char* student : {"new-head", "old-head", "auto"}) {
      const auto loss = [&](bool symmetric) {
        Pair pair;
        const auto objective = pair.Ready(
            {{"temperature", line.temperature}, {"symmetric", symmetric}, {"student", student}});
        return LossOf(*objective, pair.batch).item<double>();
      };
      EXPECT_NEAR(loss(false), line.forward, 1e-8) << student;
      EXPECT_NEAR(loss(true), line.half, 1e-8) << student;
    }
  }
}

TEST(KlDistillation, TheGradientReachesTheKnownClassesAlone) {
  Pair pair;
  LossOf(*pair.Ready({{"temperature", 4.0}}), pair.batch).backward();
  const at::Tensor expected = Rows({0, 0, -0.18546623, 0.18546623,  //
                                    0.18996085, 0, -0.02275980, -0.16720105},
                                   4);
  EXPECT_TRUE(at::allclose(pair.batch[Slot::kLogits].grad(), expected, 0, 1e-8));
  EXPECT_FALSE(pair.batch[Slot::kCompatible].grad().defined());
}

TEST(KlDistillation, BetweenEqualAnswersItIsZero) {
  Pair pair;
  FillPairs(Rows({2, 1, 0, 0, 1, 2}, 3), Rows({2, 1, 0, 0, 1, 2}, 3), {0, 1}, pair.batch);
  const auto objective = pair.Ready({{"student", "old-head"}, {"symmetric", true}});
  EXPECT_NEAR(LossOf(*objective, pair.batch).item<double>(), 0, 1e-12);
}

// With temperature 1, cross-entropy and divergence differ by the teacher's entropy, which is constant.
TEST(KlDistillation, ThroughTheOldHeadItsGradientIsThatOfLogitDistillation) {
  Pair pair;
  LossOf(*pair.Ready({{"student", "old-head"}, {"temperature", 1.0}}), pair.batch).backward();
  const at::Tensor gradient = pair.batch[Slot::kCompatible].grad().clone();
  Pair other;
  const auto lwf = MakeNamed("logit-distillation", Json::object());
  lwf->Prepare(other.set);
  LossOf(*lwf, other.batch).backward();
  EXPECT_TRUE(at::allclose(gradient, other.batch[Slot::kCompatible].grad(), 1e-12, 1e-15));
  EXPECT_GT(gradient.abs().max().item<double>(), 0.01);
}

TEST(KlDistillation, ATeacherOfCosinesHasItsOwnScale) {
  Pair pair;
  pair.old.head_scale = 3;
  FillPairs(Rows({1, 2, 0}, 3), Rows({4, 0, 3}, 3), {0}, pair.batch);
  pair.batch.Set(Slot::kLogits, Rows({3 * .6, 5, 3 * .8, 0}, 4));
  EXPECT_NEAR(LossOf(*pair.Ready({{"temperature", 2.0}}), pair.batch).item<double>(), 0, 1e-12);
}

TEST(KlDistillation, WithoutTwoIdentitiesInCommonTheNewHeadIsNotAsked) {
  Pair pair;
  const Json by_new = {{"student", "new-head"}};
  pair.old.class_of = {-1, -1, 0, -1};
  EXPECT_THROW(pair.Ready(by_new), Error);
  const double through_old =
      LossOf(*pair.Ready({{"student", "old-head"}}), pair.batch).item<double>();
  EXPECT_EQ(LossOf(*pair.Ready(Json::object()), pair.batch).item<double>(), through_old);
  pair.old.class_of = {2, -1, 0, 1};
  pair.labels.identities = false;
  EXPECT_THROW(pair.Ready(by_new), Error) << "clusters are no identities";
  EXPECT_EQ(LossOf(*pair.Ready(Json::object()), pair.batch).item<double>(), through_old);
  pair.labels.identities = true;
  pair.batch.Set(Slot::kLogits, at::Tensor());
  EXPECT_EQ(LossOf(*pair.Ready(Json::object()), pair.batch).item<double>(), through_old)
      << "a base learner without a head";
  EXPECT_THROW(LossOf(*pair.Ready(by_new), pair.batch), Error);
  pair.old.head = FloatMatrix();
  EXPECT_THROW(pair.Ready({{"student", "old-head"}}), Error) << "no old head";
  EXPECT_THROW(MakeNamed("kl-distillation", {{"temperature", 0.0}}), Error);
}

}  // namespace
}  // namespace bcr
