// Softmax losses over cosines: AM-Softmax, ArcFace and the circle loss with class labels, by the fact
// sheet's vectors.
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

// Features x and head rows w as leaves.
void Fill(const at::Tensor& x, const at::Tensor& w, const std::vector<int64_t>& labels,
          Batch& batch) {
  batch.Set(Slot::kAfterNeck, x.detach().clone().set_requires_grad(true));
  batch.Set(Slot::kHeadWeight, w.detach().clone().set_requires_grad(true));
  batch.Set(Slot::kLabels, at::tensor(labels, at::kLong));
  batch.Set(Slot::kValid, batch[Slot::kLabels] >= 0);
  batch.labels = labels;
}

// One feature, and rows whose cosines to it are those given: in the plane for each of them.
void FillCosines(const std::vector<double>& cosines, int64_t label, Batch& batch) {
  std::vector<double> rows;
  for (const double c : cosines) {
    rows.push_back(c);
    rows.push_back(std::sqrt(1 - c * c));
  }
  Fill(Rows({1, 0}, 2), Rows(rows, 2), {label}, batch);
}

double LossAt(const std::string& name, const Json& parameters, const std::vector<double>& cosines,
              int64_t label = 0) {
  Batch batch;
  FillCosines(cosines, label, batch);
  return LossOf(name, parameters, batch);
}

const std::vector<double> kTrio = {0.8, 0.3, -0.1};

Json Am(double scale, double margin, const char* gate = "none") {
  return {{"scale", scale}, {"margin", margin}, {"gate", gate}};
}
Json Arc(double scale, double margin, bool fallback = true) {
  return {{"scale", scale}, {"margin", margin}, {"fallback", fallback}};
}
Json Circle(double scale, double margin) { return {{"scale", scale}, {"margin", margin}}; }

TEST(AmSoftmax, SheetVectors) {
  EXPECT_NEAR(LossAt("am-softmax", Am(30, .35), kTrio), 0.01104781, 1e-8);
  EXPECT_NEAR(LossAt("am-softmax", Am(30, 0), kTrio), 3.0590415e-07, 1e-13);
  EXPECT_NEAR(LossAt("am-softmax", Am(10, .35), kTrio), 0.20474895, 1e-8);
  EXPECT_NEAR(LossAt("am-softmax", Am(4, .35), kTrio), 0.50658552, 1e-8);
  EXPECT_NEAR(LossAt("am-softmax", Json::object(), kTrio), 0.01104781, 1e-8) << "the defaults";
}

TEST(AmSoftmax, TheReleasedLayersGateLeavesHardOnesWithoutAMargin) {
  EXPECT_NEAR(LossAt("am-softmax", Am(30, .35), {.2, .3, -.1}), 13.50000752, 1e-7);
  EXPECT_NEAR(LossAt("am-softmax", Am(30, .35, "caffe"), {.2, .3, -.1}), 3.04859320, 1e-7);
  EXPECT_EQ(LossAt("am-softmax", Am(30, .35, "caffe"), kTrio),
            LossAt("am-softmax", Am(30, .35), kTrio));
}

TEST(AmSoftmax, GradientsToFeatureAndRows) {
  Batch batch;
  Fill(Rows({3, 4}, 2), Rows({2, 2, 1, 0, -1, 1}, 2), {0}, batch);
  const at::Tensor loss = LossOf(*MakeNamed("am-softmax", Am(4, .35)), batch);
  EXPECT_NEAR(loss.item<double>(), 0.68735563, 1e-8);
  loss.backward();
  EXPECT_TRUE(
      at::allclose(batch[Slot::kAfterNeck].grad(), Rows({0.13109258, -0.09831944}, 2), 0, 1e-8));
  EXPECT_TRUE(at::allclose(
      batch[Slot::kHeadWeight].grad(),
      Rows({0.07029997, -0.07029997, 0, 1.37162642, 0.13554896, 0.13554896}, 2), 0, 1e-8));
  EXPECT_NEAR(LossOf("am-softmax", Am(30, .35), batch), 0.26363365, 1e-8);
}

TEST(ArcFace, SheetVectors) {
  EXPECT_NEAR(LossAt("arcface", Arc(64, .5), kTrio), 6.6043178e-04, 1e-10);
  EXPECT_NEAR(LossAt("arcface", Arc(30, .5), kTrio), 0.03180098, 1e-8);
  EXPECT_NEAR(LossAt("arcface", Arc(4, .5), kTrio), 0.56561384, 1e-8);
  EXPECT_NEAR(LossAt("arcface", Json::object(), kTrio), 6.6043178e-04, 1e-10) << "the defaults";
}

TEST(ArcFace, TheFallbackGoesOnFallingBeyondPiLessTheMargin) {
  EXPECT_NEAR(LossAt("arcface", Arc(4, .5), {-.95, .3, -.1}), 6.14489851, 1e-7);
  EXPECT_NEAR(LossAt("arcface", Arc(4, .5, false), {-.95, .3, -.1}), 5.32240971, 1e-7);
  EXPECT_GT(LossAt("arcface", Arc(4, .5), {-1, .3, -.1}), 6.2);
  // Where the angle plus the margin is below pi, there is no difference.
  EXPECT_EQ(LossAt("arcface", Arc(4, .5), {-.87, .3, -.1}),
            LossAt("arcface", Arc(4, .5, false), {-.87, .3, -.1}));
}

// A feature that lies on its row, and one that lies opposite: arccos has no derivative there.
TEST(ArcFace, GradientsAreFiniteOnTheRowAndOpposite) {
  for (const bool fallback : {true, false}) {
    for (const at::ScalarType type : {at::kFloat, at::kDouble}) {
      Batch batch;
      Fill(Rows({2, 0, -3, 0}, 2).to(type), Rows({1, 0, 0, 1}, 2).to(type), {0, 0}, batch);
      const at::Tensor loss = LossOf(*MakeNamed("arcface", Arc(64, .5, fallback)), batch);
      EXPECT_TRUE(std::isfinite(loss.item<double>()));
      loss.backward();
      for (const Slot slot : {Slot::kAfterNeck, Slot::kHeadWeight})
        EXPECT_TRUE(at::isfinite(batch[slot].grad()).all().item<bool>());
    }
  }
}

TEST(CircleSoftmax, SheetVectors) {
  EXPECT_NEAR(LossAt("circle-softmax", Circle(64, .35), kTrio), 6.3979568e-04, 1e-10);
  EXPECT_NEAR(LossAt("circle-softmax", Circle(8, .35), kTrio), 0.47539850, 1e-8);
  EXPECT_NEAR(LossAt("circle-softmax", Json::object(), kTrio), 6.3979568e-04, 1e-10);
}

// The brackets are constants: dL/dc_y = g [1 + m - c_y]_+ (p_y - 1), dL/dc_j = g [c_j + m]_+ p_j. One
// feature on the first axis, rows of unit length on others: the gradient to a row's first coordinate is
// dL/dc, less what the unit length takes of it.
TEST(CircleSoftmax, TheBracketsHaveNoGradient) {
  Batch batch;
  FillCosines(kTrio, 0, batch);
  LossOf(*MakeNamed("circle-softmax", Circle(8, .35)), batch).backward();
  const std::vector<double> logits = {.66, -.26, -.9};
  double sum = 0;
  for (const double z : logits) sum += std::exp(z);
  const std::vector<double> bracket = {1.35 - .8, .3 + .35, -.1 + .35};
  for (size_t k = 0; k < 3; ++k) {
    const double slope = 8 * bracket[k] * (std::exp(logits[k]) / sum - (k == 0 ? 1 : 0));
    const double expected = slope * (1 - kTrio[k] * kTrio[k]);
    EXPECT_NEAR(batch[Slot::kHeadWeight].grad()[static_cast<int64_t>(k)][0].item<double>(),
                expected, 1e-9);
  }
}

// Two rows of a batch: the second sheet's numbers.
TEST(MarginSoftmax, MeansOverABatch) {
  const auto loss = [](const std::string& name, const Json& parameters) {
    return (LossAt(name, parameters, {.7, .2, -.1}, 0) +
            LossAt(name, parameters, {.1, .5, .3}, 1)) /
           2;
  };
  EXPECT_NEAR(loss("am-softmax", Am(30, .35)), 2.262273, 1e-6);
  EXPECT_NEAR(loss("arcface", Arc(30, .5)), 4.202103, 1e-6);
  EXPECT_NEAR(loss("circle-softmax", Circle(64, .35)), 3.044480, 1e-6);
  EXPECT_NEAR(loss("circle-softmax", Circle(30, .35)), 1.516098, 1e-6);
}

class MarginSoftmax : public ::testing::TestWithParam<const char*> {};

TEST_P(MarginSoftmax, LabelsOfNobodyTakeNoPart) {
  Batch whole, part;
  const at::Tensor x = Rows({3, 4, 1, -2, -1, 5}, 2), w = Rows({2, 2, 1, 0, -1, 1}, 2);
  Fill(x, w, {0, -1, 2}, whole);
  Fill(x.index_select(0, at::tensor({0, 2}, at::kLong)), w, {0, 2}, part);
  const auto objective = MakeNamed(GetParam(), Json::object());
  const at::Tensor loss = LossOf(*objective, whole), expected = LossOf(*objective, part);
  EXPECT_EQ(loss.item<double>(), expected.item<double>());
  loss.backward();
  expected.backward();
  EXPECT_EQ(whole[Slot::kAfterNeck].grad()[1].abs().sum().item<double>(), 0);
  EXPECT_TRUE(at::allclose(whole[Slot::kHeadWeight].grad(), part[Slot::kHeadWeight].grad()));
}

TEST_P(MarginSoftmax, WithoutALabelItIsZeroAndHasAGradient) {
  Batch batch;
  Fill(Rows({3, 4, 1, 2}, 2), Rows({2, 2, 1, 0}, 2), {-1, -1}, batch);
  const at::Tensor loss = LossOf(*MakeNamed(GetParam(), Json::object()), batch);
  EXPECT_EQ(loss.item<double>(), 0);
  loss.backward();
  EXPECT_EQ(batch[Slot::kAfterNeck].grad().abs().sum().item<double>(), 0);
}

TEST_P(MarginSoftmax, AFeatureOfZerosHasNoGradient) {
  Batch batch;
  Fill(Rows({0, 0, 3, 4}, 2), Rows({2, 2, 1, 0}, 2), {0, 1}, batch);
  const at::Tensor loss = LossOf(*MakeNamed(GetParam(), Json::object()), batch);
  EXPECT_TRUE(std::isfinite(loss.item<double>()));
  loss.backward();
  EXPECT_EQ(batch[Slot::kAfterNeck].grad()[0].abs().sum().item<double>(), 0);
  EXPECT_GT(batch[Slot::kAfterNeck].grad()[1].abs().sum().item<double>(), 0);
}

// The length of a feature, and of a row, is of no matter.
TEST_P(MarginSoftmax, IsOfDirectionsAlone) {
  Batch batch, longer;
  const at::Tensor x = Rows({3, 4, 1, -2}, 2), w = Rows({2, 2, 1, 0, -1, 1}, 2);
  Fill(x, w, {0, 2}, batch);
  Fill(x * 7, w * at::tensor({1., 5., .2}, at::kDouble).unsqueeze(1), {0, 2}, longer);
  const auto objective = MakeNamed(GetParam(), Json::object());
  const double value = LossOf(*objective, batch).item<double>();
  EXPECT_NEAR(LossOf(*objective, longer).item<double>(), value, 1e-12 * value);
  const at::Tensor loss = LossOf(*objective, batch);
  loss.backward();
  const at::Tensor& leaf = batch[Slot::kAfterNeck];
  EXPECT_LT((leaf * leaf.grad()).sum(1).abs().max().item<double>(), 1e-10);
}

// Also the one that has no gradient check of its own.
TEST_P(MarginSoftmax, HalfPrecisionIsComputedInFloat32) {
  Batch half, exact;
  const at::Tensor x = Rows({3, 4, 1, -2}, 2).to(at::kBFloat16), w = Rows({2, 2, 1, 0, -1, 1}, 2);
  Fill(x, w.to(at::kFloat), {0, 2}, half);
  Fill(x.to(at::kDouble), w, {0, 2}, exact);
  const auto objective = MakeNamed(GetParam(), Json::object());
  const at::Tensor loss = LossOf(*objective, half);
  EXPECT_EQ(loss.scalar_type(), at::kFloat);
  const double value = LossOf(*objective, exact).item<double>();
  EXPECT_NEAR(loss.item<double>(), value, 1e-4 * value);
}

TEST_P(MarginSoftmax, ValuesOutsideTheirRangeAreRefused) {
  EXPECT_THROW(MakeNamed(GetParam(), {{"scale", 0.0}}), Error);
  EXPECT_THROW(MakeNamed(GetParam(), {{"margin", -0.1}}), Error);
  EXPECT_THROW(MakeNamed(GetParam(), {{"margin", 3.0}}), Error);
  EXPECT_THROW(MakeNamed(GetParam(), {{"gates", "none"}}), Error);
}

INSTANTIATE_TEST_SUITE_P(All, MarginSoftmax,
                         ::testing::Values("am-softmax", "arcface", "circle-softmax"),
                         [](const auto& one) {
                           std::string name = one.param;
                           for (char& c : name) c = c == '-' ? '_' : c;
                           return name;
                         });

}  // namespace
}  // namespace bcr
