// The objective `focal-regression` by hand: whose answers weigh, and what happens where the old model
// cannot answer. Values of all forms: objectives_golden_test.cc.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/unit/methods/pair_batch.h"

namespace bcr {
namespace {

using testing::FillPairs;
using testing::LossOf;
using testing::MakeNamed;
using testing::Rows;

FloatMatrix Matrix(const std::vector<float>& values, size_t cols) {
  FloatMatrix matrix(values.size() / cols, cols);
  std::copy(values.begin(), values.end(), matrix.data());
  return matrix;
}

// Every new feature lies (1, 1) off its old one, so each image's square is 1 and the loss is
// 1 + 5 times the share of images that the classifier is right about.
double ShareRight(const OldModel& old, const LabelSet& labels,
                  const Json& parameters = Json::object()) {
  TrainingSet set;
  set.old_model = &old;
  const auto objective = MakeNamed("focal-regression", parameters);
  objective->Prepare(set);
  objective->OnLabels(labels);
  const at::Tensor features = Rows({3, 1, 1, 3, 2, 1, 0, 2}, 2);
  Batch batch;
  FillPairs(features + 1, features, labels.labels, batch);
  batch.Set(Slot::kLogits, Rows({1, 0, 0, 1, 0, 1, 0, 1}, 2));
  return (LossOf(*objective, batch).item<double>() - 1) / 5;
}

struct Scene {
  OldModel old;
  LabelSet labels;
  Scene() {
    old.features = Matrix({3, 1, 1, 3, 2, 1, 0, 2}, 2);
    labels.labels = {0, 1, 1, 1};
    labels.classes = 2;
    labels.identities = true;
  }
};

// The old head sees the second of its classes where the second coordinate is the larger one: right
// about images 0, 1 and 3.
TEST(FocalRegression, TheOldHeadsAnswersWeigh) {
  Scene scene;
  scene.old.head = Matrix({1, 0, 0, 1}, 2);
  scene.old.class_of = {0, 1};
  EXPECT_NEAR(ShareRight(scene.old, scene.labels), 0.75, 1e-12);
  scene.old.class_of = {0, -1};  // identity 1 is new to the old model: it cannot be right about it
  EXPECT_NEAR(ShareRight(scene.old, scene.labels), 0.25, 1e-12);
  scene.labels.labels = {-1, -1, -1, -1};
  EXPECT_NEAR(ShareRight(scene.old, scene.labels), 0, 1e-12);
}

TEST(FocalRegression, TheNewHeadsAnswersWeighOnRequest) {
  Scene scene;
  scene.labels.labels = {0, 1, 0, 0};
  EXPECT_NEAR(ShareRight(scene.old, scene.labels, {{"right", "new"}}), 0.5, 1e-12);
}

// Other people, or clusters: the nearest class mean answers. Those of classes 0 and 1 point to
// (.95, .32) and (.49, .87); image 2 at (.89, .45) is nearer to the wrong one.
TEST(FocalRegression, WithoutIdentitiesInCommonTheNearestClassMeanAnswers) {
  Scene scene;
  scene.old.head = Matrix({1, 0, 0, 1}, 2);
  EXPECT_NEAR(ShareRight(scene.old, scene.labels), 0.75, 1e-12);
}

}  // namespace
}  // namespace bcr
