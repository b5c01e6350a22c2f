// Average-K: the threshold, the choice of labels and the two-head loss, by the fact sheet's vectors.
#include "methods/support/average_k.h"

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

at::Tensor Probabilities() {
  return Rows({.70, .20, .06, .04, .40, .35, .15, .10, .90, .05, .03, .02}, 4);
}

std::vector<std::string> Sets(const at::Tensor& chosen) {
  std::vector<std::string> sets;
  for (int64_t i = 0; i < chosen.size(0); ++i) {
    sets.emplace_back();
    for (int64_t l = 0; l < chosen.size(1); ++l)
      sets.back() += chosen[i][l].item<bool>() ? '1' : '0';
  }
  return sets;
}

std::vector<std::string> Chosen(AverageKChoice choice, const at::Tensor& scores,
                                const std::vector<int64_t>& labels, int64_t count) {
  const at::Tensor given = at::tensor(labels, at::kLong);
  return Sets(AverageKLabels(choice, scores, given, given >= 0, count));
}

using Names = std::vector<std::string>;

TEST(AverageK, ThresholdIsTheMidpointAcrossTheBoundary) {
  EXPECT_NEAR(AverageKThreshold(Probabilities(), 6).item<double>(), 0.125, 1e-15);
  EXPECT_NEAR(AverageKThreshold(Probabilities(), 3).item<double>(), 0.375, 1e-15);
  const auto sets = [](double k) {
    return Chosen(AverageKChoice::kThreshold, Probabilities(), {0, 2, 0}, std::llround(3 * k));
  };
  EXPECT_EQ(sets(2), (Names{"1100", "1110", "1000"}));
  EXPECT_EQ(sets(1), (Names{"1000", "1000", "1000"}));
}

TEST(AverageK, TiesAcrossTheBoundaryAreAllIn) {
  const at::Tensor scores = Rows({.5, .25, .25, 0, .5, .25, .25, 0}, 4);
  EXPECT_EQ(AverageKThreshold(scores, 4).item<double>(), 0.25);
  EXPECT_EQ(Chosen(AverageKChoice::kThreshold, scores, {0, 0}, 4), (Names{"1110", "1110"}));
  // The third choice counts places, not values.
  const Names exact = Chosen(AverageKChoice::kOwnFirst, scores, {0, 3}, 4);
  int64_t ones = 0;
  for (const std::string& set : exact) ones += std::count(set.begin(), set.end(), '1');
  EXPECT_EQ(ones, 4);
  EXPECT_EQ(exact[1][3], '1');
}

// Floats that lie side by side have no float between them: the midpoint is taken in float64.
TEST(AverageK, NeighbouringFloatsAreToldApart) {
  const float above = std::nextafter(0.5F, 1.0F);
  const at::Tensor scores = at::tensor({0.5F, above, 0.5F, 0.5F}, at::kFloat).view({1, 4});
  EXPECT_EQ(Chosen(AverageKChoice::kThreshold, scores, {0}, 1), (Names{"0100"}));
}

TEST(AverageK, SheetChoices) {
  const std::vector<int64_t> labels = {0, 2, 1};
  EXPECT_EQ(Chosen(AverageKChoice::kThreshold, Probabilities(), labels, 6),
            (Names{"1100", "1110", "1000"}));
  EXPECT_EQ(Chosen(AverageKChoice::kUnion, Probabilities(), labels, 6),
            (Names{"1100", "1110", "1100"}));
  EXPECT_EQ(Chosen(AverageKChoice::kOwnFirst, Probabilities(), labels, 6),
            (Names{"1000", "1110", "1100"}));
}

TEST(AverageK, RowsWithoutALabelTakeNoPlace) {
  const at::Tensor scores =
      at::cat({Probabilities(), Rows({.97, .01, .01, .01, .8, .1, .06, .04}, 4)});
  for (const AverageKChoice choice :
       {AverageKChoice::kThreshold, AverageKChoice::kUnion, AverageKChoice::kOwnFirst}) {
    Names with = Chosen(choice, scores, {0, 2, 1, -1, -1}, 6);
    EXPECT_EQ(with[3], "0000");
    EXPECT_EQ(with[4], "0000");
    with.resize(3);
    EXPECT_EQ(with, Chosen(choice, Probabilities(), {0, 2, 1}, 6));
    // All labels of the rows that have one, and no more.
    EXPECT_EQ(Chosen(choice, scores, {0, 2, 1, -1, -1}, 12),
              (Names{"1111", "1111", "1111", "0000", "0000"}));
    EXPECT_EQ(Chosen(choice, Probabilities(), {0, 2, 1}, 12), (Names{"1111", "1111", "1111"}));
  }
}

// Logits z, and features that the second head turns into u: its weights are set to the unit matrix.
struct Sheet {
  Batch batch;
  std::unique_ptr<Objective> objective;
  explicit Sheet(const char* variant, const std::vector<int64_t>& labels = {0, 2, 1}) {
    objective = MakeNamed("average-k", {{"k", 2.0}, {"variant", variant}});
    TrainingSet set;
    set.feature_width = 4;
    objective->Prepare(set);
    LabelSet given;
    given.labels = {0, 1, 2, 3};
    given.classes = 4;
    objective->OnLabels(given);
    const at::NoGradGuard no_grad;
    objective->Parameters()[0].copy_(at::eye(4));
    objective->Parameters()[1].zero_();
    batch.Set(Slot::kLogits, Probabilities().log().set_requires_grad(true));
    batch.Set(Slot::kAfterNeck,
              Rows({2, .5, -1, -2, .5, .3, .2, -1, 3, -1, -2, -3}, 4).set_requires_grad(true));
    batch.Set(Slot::kLabels, at::tensor(labels, at::kLong));
    batch.Set(Slot::kValid, batch[Slot::kLabels] >= 0);
    batch.labels = labels;
  }
};

TEST(AverageK, SheetLosses) {
  for (const auto& [variant, bce] :
       {std::pair("A", 1.17279729), std::pair("B", 1.50613063), std::pair("C", 1.67279729)}) {
    Sheet sheet(variant);
    Terms terms;
    sheet.objective->Compute(sheet.batch, terms);
    ASSERT_EQ(terms.names(), (Names{"softmax", "labels"}));
    EXPECT_NEAR(terms.value(0).item<double>(), 1.74984240, 1e-8);
    EXPECT_NEAR(terms.value(1).item<double>(), bce, 1e-8) << variant;
  }
}

TEST(AverageK, SheetGradients) {
  Sheet sheet("B");
  LossOf(*sheet.objective, sheet.batch).backward();
  const at::Tensor u = sheet.batch[Slot::kAfterNeck].grad()[2];
  EXPECT_TRUE(
      at::allclose(u, Rows({-0.01580862, -0.24368619, 0.03973431, 0.01580862}, 4)[0], 0, 1e-8));
  const at::Tensor z = sheet.batch[Slot::kLogits].grad()[2];
  EXPECT_TRUE(at::allclose(z, Rows({0.3, -0.31666667, 0.01, 0.00666667}, 4)[0], 0, 1e-8));
}

TEST(AverageK, WithoutALabelItIsZeroWithAGradient) {
  for (const char* variant : {"A", "B", "C"}) {
    Sheet sheet(variant, {-1, -1, -1});
    const at::Tensor loss = LossOf(*sheet.objective, sheet.batch);
    EXPECT_EQ(loss.item<double>(), 0);
    loss.backward();
    EXPECT_EQ(sheet.batch[Slot::kAfterNeck].grad().abs().sum().item<double>(), 0);
  }
}

// With K = 1 the third variant is one-against-all with the own labels.
TEST(AverageK, OneLabelOnAverageIsTheOwnOne) {
  EXPECT_EQ(Chosen(AverageKChoice::kOwnFirst, Probabilities(), {0, 2, 1}, 3),
            (Names{"1000", "0010", "0100"}));
}

TEST(AverageK, TheSecondHeadBeginsWithKLabelsExpected) {
  const auto objective = MakeNamed("average-k", {{"k", 3.0}});
  TrainingSet set;
  set.feature_width = 8;
  objective->Prepare(set);
  EXPECT_TRUE(objective->Parameters().empty());
  LabelSet labels;
  labels.classes = 100;
  objective->OnLabels(labels);
  const std::vector<at::Tensor> head = objective->Parameters();
  ASSERT_EQ(head.size(), 2U);
  EXPECT_EQ(head[0].sizes(), (std::vector<int64_t>{100, 8}));
  EXPECT_NEAR(head[1].sigmoid().sum().item<double>(), 3, 0.6);
  objective->OnLabels(labels);
  EXPECT_TRUE(objective->Parameters()[0].is_same(head[0])) << "labels of the same classes";
}

TEST(AverageK, MoreLabelsThanClassesAreRefused) {
  const auto objective = MakeNamed("average-k", {{"k", 5.0}});
  objective->Prepare(TrainingSet());
  LabelSet labels;
  labels.classes = 4;
  EXPECT_THROW(objective->OnLabels(labels), Error);
  EXPECT_THROW(MakeNamed("average-k", {{"k", 0.5}}), Error);
  EXPECT_THROW(MakeNamed("average-k", {{"variant", "D"}}), Error);
  EXPECT_THROW(MakeNamed("average-k", {{"alpha", -1.0}}), Error);
}

}  // namespace
}  // namespace bcr
