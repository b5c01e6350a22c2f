// What `contrastive`, `cross-triplet`, `aml` and `ract` say by hand and of missing positives and
// negatives. Further values: objectives_golden_test.cc.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "tests/unit/methods/pair_batch.h"

namespace bcr {
namespace {

using testing::FillPairs;
using testing::GradientOf;
using testing::LossOf;
using testing::Rows;

// log(1 + sum of exp((against - positive) / T)).
double Rank(double positive, const std::vector<double>& against, double temperature) {
  double sum = 1;
  for (const double s : against) sum += std::exp((s - positive) / temperature);
  return std::log(sum);
}

// A unit row whose first coordinate is `s` and whose rest lies along `axis`.
std::vector<double> Leaning(double s, size_t axis) {
  std::vector<double> row(8, 0.0);
  row[0] = s;
  row[axis] = std::sqrt(1 - s * s);
  return row;
}

at::Tensor Stack(const std::vector<std::vector<double>>& rows) {
  std::vector<double> values;
  for (const auto& row : rows) values.insert(values.end(), row.begin(), row.end());
  return Rows(values, 8);
}

// Both anchors of identity 0 point along the first axis: positives 0.8 and 0.6, negatives 0.5 and
// 0.3. Those of identity 1 find 0.87 and more against 0 and count for nothing at T = 0.05.
TEST(Contrastive, SheetVectorOfTheSupervisedForm) {
  const std::vector<double> first = Leaning(1, 1), third = Leaning(0, 3);
  Batch batch;
  FillPairs(Stack({first, first, third, third}),
            Stack({Leaning(.8, 1), Leaning(.6, 2), Leaning(.5, 3), Leaning(.3, 3)}), {0, 0, 1, 1},
            batch);
  const Json parameters = {{"form", "supervised"}, {"temperature", 0.05}, {"negatives", 0}};
  EXPECT_NEAR(2 * LossOf("contrastive", parameters, batch), 0.0658149, 1e-7);
  const double own = Rank(.8, {.5, .3}, .05) + Rank(.6, {.5, .3}, .05);
  EXPECT_NEAR(2 * LossOf("contrastive", {{"temperature", 0.05}}, batch), own / 2, 1e-7);
}

// Anchor 0: positive 0.8, new-old negatives 0.5 and 0.3, new-new ones 0.6 and 0.2. What the two
// others find follows from their rows and is taken off.
TEST(Ract, SheetVectorsOfTheInstanceForm) {
  Batch batch;
  FillPairs(Stack({Leaning(1, 1), Leaning(.6, 2), Leaning(.2, 3)}),
            Stack({Leaning(.8, 4), Leaning(.5, 5), Leaning(.3, 6)}), {0, 1, 1}, batch);
  const auto loss = [&](bool new_new) {
    return 3 * LossOf("ract", {{"temperature", 0.1}, {"new_new", new_new}}, batch);
  };
  const double plain = Rank(.6 * .5, {.6 * .8}, .1) + Rank(.2 * .3, {.2 * .8}, .1);
  EXPECT_NEAR(loss(false) - plain, 0.0549852, 1e-7);
  const double with_new = Rank(.6 * .5, {.6 * .8, .6}, .1) + Rank(.2 * .3, {.2 * .8, .2}, .1);
  EXPECT_NEAR(loss(true) - with_new, 0.177593, 1e-6);
}

TEST(Ract, WithoutNewNegativesTheInstanceFormIsTheContrastiveOne) {
  Batch batch;
  FillPairs(Rows({1, 0, .3, 1, -1, .2, .5, -.5}, 2), Rows({.9, .1, 0, 1, -1, 0, 1, -1}, 2),
            {0, 0, 1, 1}, batch);
  EXPECT_EQ(LossOf("ract", {{"new_new", false}}, batch),
            LossOf("contrastive", Json::object(), batch));
}

// One side of each new pair is held fast: the value is the same, the gradient is not.
TEST(Ract, DetachedNegativesTakeNoGradient) {
  Batch batch;
  FillPairs(Rows({1, 0, .3, 1, -1, .2, .5, -.5}, 2), Rows({.9, .1, 0, 1, -1, 0, 1, -1}, 2),
            {0, 0, 1, 1}, batch);
  for (const char* form : {"instance", "triplet"}) {
    const Json held = {{"form", form}, {"temperature", 0.5}};
    Json free = held;
    free["detach"] = false;
    EXPECT_EQ(LossOf("ract", held, batch), LossOf("ract", free, batch)) << form;
    const at::Tensor off = GradientOf("ract", held, batch) - GradientOf("ract", free, batch);
    EXPECT_GT(off.abs().max().item<double>(), 1e-3) << form;
  }
}

// Of unit rows the own features are 0 away, negatives sqrt 2 (four of them) and 2.
TEST(CrossTriplet, DistancesByHand) {
  Batch batch;
  FillPairs(Rows({2, 0, 0, 3, -1, 0}, 2), Rows({1, 0, 0, 2, -5, 0}, 2), {0, 1, 2}, batch);
  const double near = std::sqrt(2);
  EXPECT_NEAR(LossOf("cross-triplet", {{"margin", 1.5}, {"negatives", 1}}, batch), 1.5 - near,
              2e-6);
  EXPECT_NEAR(LossOf("cross-triplet", {{"margin", 1.5}}, batch), 4 * (1.5 - near) / 6, 2e-6);
  // Raw rows: own distances 1, 1 and 4; nearest negatives 2 sqrt 2, sqrt 10 and 2.
  EXPECT_NEAR(LossOf("cross-triplet", {{"margin", 1.0}, {"negatives", 1}, {"rows", "raw"}}, batch),
              1, 1e-9);
}

// Anchor 0 finds its identity's other image at cosine 0 (d^2 = 2), its own at 1 and a negative at
// 0.6 (d^2 = 0.8); the negative's anchor has no other image, hence no positive unless `plus`.
TEST(Aml, FormsByHand) {
  Batch batch;
  FillPairs(Rows({1, 0, 1, 0, 1, 0}, 2), Rows({1, 0, 0, 1, .6, .8}, 2), {0, 0, 1}, batch);
  const auto loss = [&](const char* form, bool plus, double margin) {
    return LossOf("aml", {{"form", form}, {"plus", plus}, {"margin", margin}}, batch);
  };
  const double d = std::sqrt(.8), push = std::pow(1 - d, 2) / 2;
  // Anchor 1 has the other image at 1 and its own at 0.
  EXPECT_NEAR(loss("contrastive", false, 1), ((1 + push) + (0 + push)) / 2, 1e-12);
  // With `plus` anchors 0 and 1 have both, and anchor 2 its own at 0.4 and negatives 0 and sqrt 2
  // away.
  EXPECT_NEAR(loss("contrastive", true, 1), (2 * (1 + push) + .4 + .5) / 3, 1e-6);
  EXPECT_NEAR(loss("triplet", false, .1), (2 - .8 + .1) / 2, 1e-12);
  EXPECT_NEAR(loss("regression", false, -1), (0 + 1 + .4) / 3, 1e-12);
  const auto similarity = [](const std::vector<double>& positives,
                             const std::vector<double>& negatives) {
    double p = 1, n = 1;
    for (const double s : positives) p += std::exp(-2 * (s - .5));
    for (const double s : negatives) n += std::exp(40 * (s - .5));
    return std::log(p) / 2 + std::log(n) / 40;
  };
  EXPECT_NEAR(loss("multi-similarity", false, -1),
              (similarity({0}, {.6}) + similarity({1}, {.6})) / 2, 1e-12);
  EXPECT_NEAR(loss("multi-similarity", true, -1),
              (2 * similarity({0, 1}, {.6}) + similarity({.6}, {1, 0})) / 3, 1e-12);
}

const std::vector<std::pair<std::string, Json>>& Variants() {
  static const std::vector<std::pair<std::string, Json>> variants = {
      {"contrastive", Json::object()},
      {"contrastive", {{"form", "supervised"}}},
      {"contrastive", {{"form", "supervised"}, {"negatives", 0}}},
      {"cross-triplet", Json::object()},
      {"cross-triplet", {{"negatives", 0}, {"rows", "raw"}}},
      {"aml", Json::object()},
      {"aml", {{"form", "triplet"}, {"plus", true}}},
      {"aml", {{"form", "multi-similarity"}, {"plus", true}, {"negatives", 0}}},
      {"ract", Json::object()},
      {"ract", {{"negatives", 0}, {"detach", false}}},
      {"ract", {{"form", "triplet"}, {"detach", false}}}};
  return variants;
}

// One identity alone, and no labels at all.
TEST(ContrastiveFamily, WithoutNegativesTheLossAndItsGradientAreZero) {
  for (const auto& [name, parameters] : Variants()) {
    for (const int64_t label : {0, -1}) {
      Batch batch;
      FillPairs(Rows({1, 0, .3, 1, -1, .2}, 2), Rows({.9, .1, 0, 1, -1, 0}, 2),
                {label, label, label}, batch);
      EXPECT_EQ(LossOf(name, parameters, batch), 0) << name << parameters.dump() << label;
      EXPECT_EQ(GradientOf(name, parameters, batch).abs().max().item<double>(), 0)
          << name << parameters.dump() << label;
    }
  }
}

// A row without a label is nobody's negative and no anchor: its features may be anything.
TEST(ContrastiveFamily, RowsWithoutALabelTakeNoPart) {
  for (const auto& [name, parameters] : Variants()) {
    const auto loss = [&, &name = name, &parameters = parameters](double x) {
      Batch batch;
      FillPairs(Rows({1, 0, .3, 1, -1, .2, .4, -.5, x, 1}, 2),
                Rows({.9, .1, 0, 1, -1, 0, 1, -1, x, 2}, 2), {0, 0, 1, 1, -1}, batch);
      EXPECT_EQ(GradientOf(name, parameters, batch)[4].abs().max().item<double>(), 0) << name;
      return LossOf(name, parameters, batch);
    };
    EXPECT_EQ(loss(1), loss(-3)) << name << parameters.dump();
  }
}

}  // namespace
}  // namespace bcr
