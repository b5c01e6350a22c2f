// Labels of generated images and the losses that use them, by the fact sheet's vectors.
#include "methods/support/virtual_labels.h"

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

const std::vector<double> kLogits = {2.0, 0.5, -1.0, 0.0};

std::vector<double> Values(const at::Tensor& tensor) {
  const at::Tensor flat = tensor.to(at::kDouble).contiguous();
  return {flat.data_ptr<double>(), flat.data_ptr<double>() + flat.numel()};
}

void ExpectValues(const at::Tensor& tensor, const std::vector<double>& expected) {
  const std::vector<double> values = Values(tensor);
  ASSERT_EQ(values.size(), expected.size());
  for (size_t i = 0; i < values.size(); ++i) EXPECT_NEAR(values[i], expected[i], 1e-8) << i;
}

TEST(RankLabels, ThePapersAndTheCodesForm) {
  ExpectValues(RankLabels(Rows(kLogits, 4), RankForm::kRank, 0), {.4, .3, .1, .2});
  ExpectValues(RankLabels(Rows(kLogits, 4), RankForm::kArgsort, 0), {.3, .4, .2, .1});
}

// The two agree where the permutation is its own inverse.
TEST(RankLabels, OfAnOrderThatIsItsOwnInverseBothFormsAgree) {
  const at::Tensor logits = Rows({1, 0, 2, 3}, 4);
  ExpectValues(RankLabels(logits, RankForm::kRank, 0), {.2, .1, .3, .4});
  ExpectValues(RankLabels(logits, RankForm::kArgsort, 0), {.2, .1, .3, .4});
}

TEST(RankLabels, OfTheHighestRanksAlone) {
  const at::Tensor logits = Rows(kLogits, 4);
  ExpectValues(RankLabels(logits, RankForm::kRank, 3), {4 / 9., 3 / 9., 0, 2 / 9.});
  ExpectValues(RankLabels(logits, RankForm::kRank, 2), {4 / 7., 3 / 7., 0, 0});
  ExpectValues(RankLabels(logits, RankForm::kRank, 9), {.4, .3, .1, .2});
}

TEST(RankLabels, OfEqualLogitsTheLowerClassHasTheLowerRank) {
  ExpectValues(RankLabels(Rows({1, 1, 1, 1}, 4), RankForm::kRank, 0), {.1, .2, .3, .4});
  ExpectValues(RankLabels(Rows({7}, 1), RankForm::kRank, 0), {1});
}

TEST(VirtualLabels, LossesOfTheSheet) {
  const at::Tensor logits = Rows(kLogits, 4);
  const auto loss = [&](const at::Tensor& labels) {
    return SoftCrossEntropy(logits, labels).item<double>();
  };
  EXPECT_NEAR(loss(RankLabels(logits, RankForm::kRank, 0)), 1.49234958, 1e-8);
  EXPECT_NEAR(loss(RankLabels(logits, RankForm::kArgsort, 0)), 1.74234958, 1e-8);
  EXPECT_NEAR(loss(RankLabels(logits, RankForm::kRank, 3)), 1.28679403, 1e-8);
  EXPECT_NEAR(loss(RankLabels(logits, RankForm::kRank, 2)), 0.98520673, 1e-8);
  EXPECT_NEAR(loss(UniformLabels(logits)), 1.96734958, 1e-8);
  EXPECT_NEAR(loss(LikeliestLabels(logits)), 0.34234958, 1e-8);
}

// A real image of class 3 and the generated one.
struct Two {
  TrainingSet set;
  Batch batch;
  explicit Two(double progress = 1, double further = 0) {
    set.feature_width = 1;
    batch.progress = progress;
    batch.labels = {3, -1};
    at::Tensor logits = at::cat({Rows({1, 0, -1, .5}, 4), Rows(kLogits, 4)});
    batch.Set(Slot::kLogits, logits.set_requires_grad(true));
    batch.Set(Slot::kAfterNeck, Rows({0, further}, 1));
    batch.Set(Slot::kLabels, at::tensor({3, -1}, at::kLong));
    batch.Set(Slot::kValid, batch[Slot::kLabels] >= 0);
    batch.Set(Slot::kOrigin, at::tensor({0, 1}, at::kLong));
  }
  std::unique_ptr<Objective> Ready(const Json& parameters) const {
    auto objective = MakeNamed("virtual-labels", parameters);
    objective->Prepare(set);
    return objective;
  }
  double Loss(const Json& parameters) { return LossOf(*Ready(parameters), batch).item<double>(); }
};

TEST(VirtualLabels, SumOverTheBatchByItsSize) {
  EXPECT_NEAR(Two().Loss({}), 0.69790111, 1e-8);
  EXPECT_NEAR(Two().Loss({{"mean", "labelled"}}), 1.24656727 + 0.14923496, 1e-8);
  EXPECT_NEAR(Two().Loss({{"label", "lsro"}, {"lambda", 1}}), (1.24656727 + 1.96734958) / 2, 1e-8);
}

TEST(VirtualLabels, GradientsOfTheSheet) {
  const auto gradient = [](const Json& parameters) {
    Two two;
    LossOf(*two.Ready(parameters), two.batch).backward();
    return two.batch[Slot::kLogits].grad()[1] * 2;
  };
  const std::vector<double> mprl = {0.31009992, -0.14155529, -0.06464621, -0.10389843};
  ExpectValues(gradient({{"lambda", 1}}), mprl);
  ExpectValues(gradient({}) * 10, mprl);
  ExpectValues(gradient({{"lambda", 1}, {"form", "argsort"}}),
               {0.41009992, -0.24155529, -0.16464621, -0.00389843});
  ExpectValues(gradient({{"lambda", 1}, {"label", "lsro"}}),
               {0.46009992, -0.09155529, -0.21464621, -0.15389843});
  ExpectValues(gradient({{"lambda", 1}, {"label", "one-hot"}}),
               {-0.28990008, 0.15844471, 0.03535379, 0.09610157});
}

// The further class's row is 1 x 1 here: the feature that gives it the logit -0.5 is -0.5 / row.
TEST(VirtualLabels, AllInOneLearnsAFurtherClass) {
  const Json parameters = {{"label", "all-in-one"}, {"lambda", 1}};
  const double row = Two().Ready(parameters)->Parameters().at(0).item<double>();
  Two two(1, -0.5 / row);
  const auto objective = two.Ready(parameters);
  LossOf(*objective, two.batch).backward();
  const double real = std::log(std::exp(1.) + 1 + std::exp(-1.) + std::exp(.5) + 1) - .5;
  EXPECT_NEAR(LossOf(*objective, two.batch).item<double>(), (real + 2.89900264) / 2, 1e-7);
  ExpectValues(two.batch[Slot::kLogits].grad()[1] * 2,
               {0.67098895, 0.14971787, 0.03340657, 0.09080848});
  EXPECT_TRUE(objective->Parameters()[0].grad().defined());
  EXPECT_TRUE(Two().Ready({})->Parameters().empty());
}

TEST(VirtualLabels, BeforeTheirStartGeneratedImagesHaveNoLossAndStillCount) {
  EXPECT_NEAR(Two(0.39).Loss({}), 1.24656727 / 2, 1e-8);
  EXPECT_NEAR(Two(0.40).Loss({}), 0.69790111, 1e-8);
}

TEST(VirtualLabels, BatchesWithoutGeneratedOrWithoutRealImagesAreFinite) {
  Two real;
  real.batch.Set(Slot::kOrigin, at::zeros({2}, at::kLong));
  EXPECT_NEAR(real.Loss({}), 1.24656727 / 2, 1e-8);
  Two made;
  made.batch.Set(Slot::kLabels, at::tensor({-1, -1}, at::kLong));
  made.batch.Set(Slot::kValid, made.batch[Slot::kLabels] >= 0);
  made.batch.Set(Slot::kOrigin, at::ones({2}, at::kLong));
  EXPECT_TRUE(std::isfinite(made.Loss({{"mean", "labelled"}})));
}

// Old features are the old logits: the head is the unit matrix of three classes, of which the new model
// knows the first two in another order, beside one of its own.
struct Ranked {
  OldModel old;
  TrainingSet set;
  LabelSet labels;
  Batch batch;
  Ranked() {
    old.head = FloatMatrix(3, 3);
    for (size_t k = 0; k < 3; ++k) old.head.row(k)[k] = 1;
    old.class_of = {1, -1, 0};
    set.old_model = &old;
    labels.identities = true;
    labels.classes = 3;
    FillPairs(Rows({1, 0, 2, 0, 1, 0}, 3), Rows({3, 1, 2, 0, 1, 5}, 3), {0, -1}, batch);
    batch.Set(Slot::kLogits, Rows({0, 9, 1, 2, 3, -7}, 3).set_requires_grad(true));
    batch.Set(Slot::kOrigin, at::tensor({0, 1}, at::kLong));
  }
  double Loss(const Json& parameters) {
    auto objective = MakeNamed("rank-distillation", parameters);
    objective->Prepare(set);
    objective->OnLabels(labels);
    return LossOf(*objective, batch).item<double>();
  }
};

double Entropy(const std::vector<double>& q, const std::vector<double>& z) {
  double sum = 0, loss = 0;
  for (const double value : z) sum += std::exp(value);
  for (size_t k = 0; k < q.size(); ++k) loss -= q[k] * (z[k] - std::log(sum));
  return loss;
}

TEST(RankDistillation, OfIdentitiesInCommonByTheNewHead) {
  // Shared, in the new order: new classes 0 and 2, old classes 1 and 0. Old logits 1, 3 and 1, 0.
  const double real = Entropy({1 / 3., 2 / 3.}, {0, 1});
  const double made = Entropy({2 / 3., 1 / 3.}, {2, -7});
  EXPECT_NEAR(Ranked().Loss({}), (real + made) / 2, 1e-6);
  EXPECT_NEAR(Ranked().Loss({{"of", "generated"}}), made, 1e-6);
}

TEST(RankDistillation, ByTheOldHeadNothingNeedsToBeInCommon) {
  const double real = Entropy({3 / 6., 1 / 6., 2 / 6.}, {1, 0, 2});
  const double made = Entropy({1 / 6., 2 / 6., 3 / 6.}, {0, 1, 0});
  EXPECT_NEAR(Ranked().Loss({{"student", "old-head"}}), (real + made) / 2, 1e-6);
  Ranked strangers;
  strangers.old.class_of = {-1, -1, -1};
  EXPECT_NEAR(strangers.Loss({}), (real + made) / 2, 1e-6);
  EXPECT_THROW(strangers.Loss({{"student", "new-head"}}), Error);
}

}  // namespace
}  // namespace bcr
