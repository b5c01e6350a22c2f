// Terms that ask the old model's head, where that head was trained by a softmax over cosines: they get
// s <f^, w^_k>, not W f.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/train/head.h"
#include "harness/train/recipe.h"
#include "tests/unit/methods/pair_batch.h"

namespace bcr {
namespace {

using testing::FillPairs;
using testing::LossOf;
using testing::MakeNamed;
using testing::Rows;

// Old rows of lengths 2 and 5, scale 10; the third class is unknown to the old model.
struct Scene {
  OldModel old;
  TrainingSet set;
  LabelSet labels;
  Batch batch;
  Scene() {
    old.features = FloatMatrix(3, 2);
    const float rows[] = {3, 0, 0, 2, -1, 0};
    std::copy_n(rows, 6, old.features.data());
    old.head = FloatMatrix(2, 2);
    old.head.row(0)[0] = 2;
    old.head.row(1)[1] = 5;
    old.class_of = {0, 1, -1};
    old.head_scale = 10;
    set.rows = 3;
    set.old_model = &old;
    labels.labels = {0, 1, 2};
    labels.classes = 3;
    labels.identities = true;
    FillPairs(Rows({8, 6}, 2), Rows({3, 0}, 2), {0}, batch);
  }
  double Loss(const std::string& name, const Json& parameters) {
    const auto objective = MakeNamed(name, parameters);
    objective->Prepare(set);
    objective->OnLabels(labels);
    return LossOf(*objective, batch).item<double>();
  }
};

TEST(CosineOldHead, BctClassifiesWithTheOldScaleAndWithoutAMargin) {
  Scene scene;
  EXPECT_NEAR(scene.Loss("bct", {{"form", "auto"}}), std::log1p(std::exp(6.0 - 8.0)), 1e-9);
  EXPECT_NEAR(scene.Loss("bct", {{"form", "old-head"}, {"scale", 99.0}}),
              std::log1p(std::exp(6.0 - 8.0)), 1e-9)
      << "the parameter is of the synthesised head alone";
  scene.old.head_scale = 0;
  EXPECT_NEAR(scene.Loss("bct", {{"form", "old-head"}}), std::log1p(std::exp(30.0 - 16.0)), 1e-6)
      << "a linear head";
}

// The unknown class's row is the unit mean of its old features, whatever its length: cosine -0.8.
TEST(CosineOldHead, TheWholeHeadHasTheSameScaleForEveryClass) {
  Scene scene;
  const double expected = std::log(std::exp(8.0) + std::exp(6.0) + std::exp(-8.0));
  EXPECT_NEAR(scene.Loss("bct", {{"form", "whole-head"}}), expected - 8, 1e-6);
}

TEST(CosineOldHead, OtherFormsDoNotAskIt) {
  Scene scene, linear;
  linear.old.head_scale = 0;
  for (const char* form : {"synth-head", "raw-means"})
    EXPECT_EQ(scene.Loss("bct", {{"form", form}}), linear.Loss("bct", {{"form", form}})) << form;
}

// Old answers on (3, 0): logits 10 and 0; new ones on (8, 6): 8 and 6.
TEST(CosineOldHead, LearningWithoutForgettingComparesCosines) {
  Scene scene;
  const double p = 1 / (1 + std::exp(-10.0));
  const double expected = p * std::log1p(std::exp(-2.0)) + (1 - p) * std::log1p(std::exp(2.0));
  EXPECT_NEAR(scene.Loss("logit-distillation", Json::object()), expected, 1e-9);
}

// A feature whose linear logits favour the longer row, and whose cosines favour the other.
TEST(CosineOldHead, FocalRegressionAsksWhoIsNearestByAngle) {
  Scene scene;
  FillPairs(Rows({0, 0}, 2), Rows({4, 3}, 2), {0}, scene.batch);
  const Json parameters = {{"alpha", 1.0}, {"beta", 1.0}};
  EXPECT_NEAR(scene.Loss("focal-regression", parameters), 2 * 12.5, 1e-9) << "cosines .8 and .6";
  scene.old.head_scale = 0;
  EXPECT_NEAR(scene.Loss("focal-regression", parameters), 12.5, 1e-9) << "logits 8 and 15";
}

TEST(HeadScale, IsThatOfTheObjectiveThatTrainsByCosines) {
  const auto scale = [](const std::vector<ObjectiveUse>& base,
                        const std::vector<ObjectiveUse>& terms) {
    return HeadScaleOf(base, terms, objective_table());
  };
  const ObjectiveUse identity{.objective = "identity"}, arcface{.objective = "arcface"};
  ObjectiveUse am{.objective = "am-softmax"};
  EXPECT_EQ(scale({identity, {.objective = "triplet"}}, {{.objective = "bct"}}), 0);
  EXPECT_EQ(scale({arcface}, {}), 64);
  EXPECT_EQ(scale({identity}, {am}), 30);
  EXPECT_THROW(scale({arcface, am}, {}), Error);
  am.parameters = R"({"scale": 64.0})";
  EXPECT_EQ(scale({arcface, am}, {}), 64);
}

TEST(CosineLogits, ZerosHaveCosineZeroAndNoGradient) {
  const at::Tensor f = Rows({3, 4, 0, 0}, 2).set_requires_grad(true);
  const at::Tensor w = Rows({2, 0, 0, 0}, 2).set_requires_grad(true);
  const at::Tensor logits = CosineLogits(f, w, 10);
  EXPECT_TRUE(at::allclose(logits, Rows({6, 0, 0, 0}, 2)));
  logits.sum().backward();
  EXPECT_EQ(f.grad()[1].abs().sum().item<double>(), 0);
  EXPECT_EQ(w.grad()[1].abs().sum().item<double>(), 0);
  EXPECT_GT(f.grad()[0].abs().sum().item<double>(), 0);
}

// What is promised of objectives that may be shown mixed images: they need these slots alone.
TEST(Classifying, ObjectivesReadTheClassifiersSlotsAlone) {
  int64_t found = 0;
  for (const ObjectiveInfo* info : objective_table()) {
    if (!info->classifies) continue;
    ++found;
    const auto objective = MakeNamed(info->name, Json::object());
    TrainingSet set;
    set.feature_width = 2;
    LabelSet labels;
    labels.labels = {0, 1, 2, 3, 4, 5};
    labels.classes = 6;
    labels.identities = true;
    objective->Prepare(set);
    objective->OnLabels(labels);
    Batch batch;
    batch.Set(Slot::kAfterNeck, Rows({1, 2, 3, 1}, 2).set_requires_grad(true));
    batch.Set(Slot::kHeadWeight, Rows({1, 0, 0, 1, 1, 1, -1, 1, 2, 1, 0, 3}, 2));
    batch.Set(Slot::kLogits, batch[Slot::kAfterNeck].matmul(batch[Slot::kHeadWeight].t()));
    batch.Set(Slot::kLabels, at::tensor({4, 1}, at::kLong));
    batch.Set(Slot::kValid, batch[Slot::kLabels] >= 0);
    batch.labels = {4, 1};
    EXPECT_GT(LossOf(*objective, batch).item<double>(), 0) << info->name;
    ASSERT_NE(info->needs_head, nullptr) << info->name;
    EXPECT_TRUE(info->needs_head(ParseJson(info->parameters, info->name))) << info->name;
  }
  EXPECT_GE(found, 5);
}

}  // namespace
}  // namespace bcr
