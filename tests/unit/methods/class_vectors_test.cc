// Learners with a learned vector for each class: center loss and proxy-anchor.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/train/parts.h"
#include "tests/unit/methods/learner_batch.h"
#include "tests/unit/methods/pair_batch.h"

namespace bcr {
namespace {

using testing::AtDegrees;
using testing::FillFan;
using testing::FillFeatures;
using testing::LossOf;
using testing::MakeNamed;
using testing::Rows;

// An objective that was told so many classes, and its vectors.
struct WithVectors {
  std::unique_ptr<Objective> objective;
  at::Tensor vectors;
  WithVectors(const std::string& name, const Json& parameters, int64_t classes, int width = 2,
              uint64_t seed = 5)
      : objective(MakeNamed(name, parameters)) {
    TrainingSet set;
    set.feature_width = width;
    set.seed = seed;
    objective->Prepare(set);
    Tell(classes);
  }
  void Tell(int64_t classes) {
    LabelSet labels;
    labels.classes = classes;
    objective->OnLabels(labels);
    vectors = objective->OwnParts().at(0).parameters.at(0);
  }
  void Put(const at::Tensor& rows) const {
    const at::NoGradGuard no_grad;
    vectors.copy_(rows);
  }
};

const at::Tensor& SixImages() {
  static const at::Tensor rows = Rows({0, 0, 1, 0, 0, 2, 3, 0, 4, 1, 3, 3}, 2);
  return rows;
}

TEST(Center, ValueAndGradient) {
  Batch batch;
  const at::Tensor leaf = FillFeatures(SixImages(), {0, 0, 0, 1, 1, 1}, batch);
  const WithVectors center("center", {}, 2);
  center.Put(Rows({.5, .5, 3, 1}, 2));
  const at::Tensor loss = LossOf(*center.objective, batch);
  EXPECT_NEAR(loss.item<double>(), 1.583333, 1e-6);
  loss.backward();
  const at::Tensor gap = SixImages() - Rows({.5, .5, .5, .5, .5, .5, 3, 1, 3, 1, 3, 1}, 2);
  EXPECT_LT((leaf.grad() - gap * 2 / 6).abs().max().item<double>(), 1e-12);
}

// BoT's weight of 5e-4 is in the loss alone: centres move by half of the unweighted gradient.
TEST(Center, TheWeightDoesNotSlowTheCentres) {
  for (const double weight : {1.0, 5e-4, 0.0}) {
    Batch batch;
    FillFeatures(SixImages(), {0, 0, 0, 1, 1, 1}, batch);
    const WithVectors center("center", {}, 3);
    center.Put(Rows({.5, .5, 3, 1, 7, 7}, 2));
    Parts parts;
    for (const LearnedPart& part : center.objective->OwnParts()) parts.Register(part);
    parts.SetRate(1e-3);
    parts.ZeroGrad();
    (LossOf(*center.objective, batch) * weight).backward();
    center.objective->AfterBackward(batch);
    parts.Step();
    const at::Tensor expected = Rows({.5 - 1. / 12, .5 + 1. / 12, 3 + 1. / 6, 1 + 1. / 6, 7, 7}, 2);
    EXPECT_LT((center.vectors - expected).abs().max().item<double>(), 1e-6) << weight;
  }
}

TEST(Center, ImagesWithoutALabelMoveNothing) {
  Batch batch;
  const at::Tensor leaf = FillFeatures(Rows({1, 0, 9, 9, 3, 0}, 2), {0, -1, 1}, batch);
  const WithVectors center("center", {}, 2);
  center.Put(Rows({0, 0, 0, 0}, 2));
  const at::Tensor loss = LossOf(*center.objective, batch);
  EXPECT_NEAR(loss.item<double>(), 5, 1e-12);
  loss.backward();
  center.objective->AfterBackward(batch);
  EXPECT_EQ(leaf.grad()[1].abs().max().item<double>(), 0);
  EXPECT_LT((center.vectors.grad() - Rows({-1, 0, -3, 0}, 2)).abs().max().item<double>(), 1e-6);
}

class Proxies : public ::testing::Test {
 protected:
  double Loss(double alpha) {
    const WithVectors anchor("proxy-anchor", {{"alpha", alpha}}, 3);
    anchor.Put(AtDegrees({20, 100, 200}) * 3);  // their length is of no matter
    leaf_ = FillFan(batch_);
    Terms terms;
    anchor.objective->Compute(batch_, terms);
    positive_ = terms.value(0).item<double>();
    negative_ = terms.value(1).item<double>();
    (terms.value(0) + terms.value(1)).backward();
    return positive_ + negative_;
  }
  Batch batch_;
  at::Tensor leaf_;
  double positive_ = 0, negative_ = 0;
};

TEST_F(Proxies, TheFan) {
  EXPECT_NEAR(Loss(1), 2.05464998, 1e-6);
  EXPECT_NEAR(Loss(32), 22.24613568, 1e-5);
  EXPECT_NEAR(positive_, 3.0079621e-10, 1e-14);
  EXPECT_NEAR(Loss(4), 2.95775404, 1e-6);
  EXPECT_NEAR(positive_, 0.09419564, 1e-7);
  EXPECT_NEAR(negative_, 2.86355840, 1e-6);
}

TEST_F(Proxies, GradientOfTheFirstImage) {
  Loss(4);
  const at::Tensor slopes = Rows({-0.06431593, 0.04671453, 0.00379506}, 3)[0];
  const at::Tensor x = leaf_[0].detach(), proxies = AtDegrees({20, 100, 200});
  const at::Tensor expected = slopes.matmul(proxies) - slopes.dot(proxies.mv(x)) * x;
  EXPECT_LT((leaf_.grad()[0] - expected).abs().max().item<double>(), 1e-6);
}

// Nobody is left: no class is in the batch, and no proxy has a negative.
TEST_F(Proxies, WithoutLabelsTheLossIsZero) {
  const WithVectors anchor("proxy-anchor", {}, 3);
  FillFan(batch_, {-1, -1, -1, -1});
  EXPECT_EQ(LossOf(*anchor.objective, batch_).item<double>(), 0);
}

TEST(ClassVectors, TheyAreDrawnAsTheSourcesDrawThem) {
  const WithVectors center("center", {}, 50, 400), proxies("proxy-anchor", {}, 50, 400);
  EXPECT_NEAR(center.vectors.std().item<double>(), 1, 0.02);
  EXPECT_NEAR(proxies.vectors.std().item<double>(), std::sqrt(2.0 / 50), 0.004);
  EXPECT_TRUE(at::equal(center.vectors, WithVectors("center", {}, 50, 400).vectors));
  EXPECT_FALSE(at::equal(center.vectors, WithVectors("center", {}, 50, 400, 6).vectors));
}

TEST(ClassVectors, TheyFollowTheNumberOfClasses) {
  for (const char* name : {"center", "proxy-anchor"}) {
    WithVectors learner(name, {}, 4);
    learner.Tell(7);
    EXPECT_EQ(learner.vectors.size(0), 7) << name;
    EXPECT_TRUE(learner.vectors.requires_grad()) << name;
  }
}

TEST(ClassVectors, TheyHaveOptimisersOfTheirOwn) {
  const OptimiserChoice sgd = MakeNamed("center", {{"rate", 0.25}})->OwnParts().at(0).optimiser;
  EXPECT_EQ(sgd.kind, "sgd");
  EXPECT_EQ(sgd.rate, 0.25);
  EXPECT_EQ(sgd.momentum, 0);
  const OptimiserChoice adam = MakeNamed("proxy-anchor", {})->OwnParts().at(0).optimiser;
  EXPECT_EQ(adam.kind, "adam");
  EXPECT_EQ(adam.rate, 0) << "the model's";
  EXPECT_EQ(adam.rate_factor, 100);
}

TEST(ClassVectors, ParametersOutOfRangeAreRefused) {
  EXPECT_THROW(MakeNamed("center", {{"rate", 0.0}}), Error);
  EXPECT_THROW(MakeNamed("proxy-anchor", {{"alpha", 0.0}}), Error);
  EXPECT_THROW(MakeNamed("proxy-anchor", {{"rate_factor", 0.0}}), Error);
  EXPECT_THROW(MakeNamed("proxy-anchor", {{"margin", 1.5}}), Error);
}

}  // namespace
}  // namespace bcr
