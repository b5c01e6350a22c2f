// Vectors of Smooth-AP and of every reactivation variant.
#include "methods/objectives/ranking/smooth_ap.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>

namespace bcr {
namespace {

struct Outcome {
  double loss = 0;
  std::vector<double> gradient;
};

Outcome Evaluate(const std::vector<double>& positives, const std::vector<double>& negatives,
                 SmoothApOptions options) {
  std::vector<double> all = positives;
  all.insert(all.end(), negatives.begin(), negatives.end());
  const at::Tensor scores = at::tensor(all, at::kDouble).unsqueeze(0).set_requires_grad(true);
  const auto count = static_cast<int64_t>(positives.size());
  const at::Tensor columns = at::arange(static_cast<int64_t>(all.size()), at::kLong).unsqueeze(0);
  at::Tensor precision, usable;
  SmoothAp(scores, columns < count, columns >= count, count, options, &precision, &usable);
  const at::Tensor loss = 1.0 - precision.sum();
  loss.backward();
  const at::Tensor grad = scores.grad().squeeze(0).contiguous();
  return {loss.item<double>(), {grad.data_ptr<double>(), grad.data_ptr<double>() + grad.numel()}};
}

struct Vector {
  const char* name;
  std::vector<double> positives, negatives;
  const char* variant;
  double loss;
  std::vector<double> gradient;
};

std::ostream& operator<<(std::ostream& out, const Vector& v) {
  return out << v.name << " " << v.variant;
}

const std::vector<double> kE1P = {.60, .40}, kE1N = {.55, .20}, kE2P = {.80, .70},
                          kE2N = {.50, .10}, kE3P = {.30, .20}, kE3N = {.70, .60},
                          kE4P = {.60, .58}, kE4N = {.57, .20}, kSixP = {.90, .70, .85},
                          kSixN = {.60, .55, .30};

const std::vector<Vector> kVectors = {
    {"E1", kE1P, kE1N, "none", 0.169990810, {-3.2800e-1, -3.4110e-6, 3.2800e-1, 2.290e-8}},
    {"E1", kE1P, kE1N, "A", 0.206127339, {-4.190975, -1.265137, 5.456112, 5.95e-14}},
    {"E1", kE1P, kE1N, "A1", 0.219920122, {-4.190975, -3.4202e-6, 4.190979, 2.290e-8}},
    {"E1", kE1P, kE1N, "B", 0.262921802, {-6.845998, -2.333191, 4.589594, 4.589594}},
    {"E1", kE1P, kE1N, "C", 0.169990810, {-1.943371, -0.139643, 2.040456, 4.2558e-2}},
    {"E2", kE2P, kE2N, "none", 5.153e-10, {-5.8e-12, -5.1529e-8, 5.1535e-8, 1.4e-20}},
    {"E2", kE2P, kE2N, "A", 0.081376403, {-4.190670, -2.338058, 6.528728, 3.6e-17}},
    {"E2", kE2P, kE2N, "A1", 0.081376403, {-4.190670, -2.338058, 6.528728, 3.6e-17}},
    {"E2", kE2P, kE2N, "B", 0.149506176, {-6.845562, -4.191295, 5.518429, 5.518429}},
    {"E2", kE2P, kE2N, "C", 5.153e-10, {-2.4672e-2, -8.8346e-2, 1.12980e-1, 3.9036e-5}},
    {"E3", kE3P, kE3N, "none", 0.583331127, {2.2065e-4, -2.2065e-4, 0, 5.2e-13}},
    {"E3", kE3P, kE3N, "A1", 0.583331127, {2.2065e-4, -2.2065e-4, 0, 5.2e-13}},
    {"E3", kE3P, kE3N, "A", 0.387113669, {-1.487930, -1.269216, 2.748371, 8.7754e-3}},
    {"E3", kE3P, kE3N, "B", 0.553098004, {-1.376487, -1.484295, 1.430391, 1.430391}},
    {"E3", kE3P, kE3N, "C", 0.583331127, {-2.8924e-3, -6.9644e-4, 4.2924e-4, 3.15965e-3}},
    {"E4", kE4P, kE4N, "none", 0.082878159, {-1.980071, -3.878258, 5.858329, 8.1e-16}},
    {"E4", kE4P, kE4N, "A", 0.110679692, {-3.728505, -4.103360, 7.831865, 1.1e-15}},
    {"E4", kE4P, kE4N, "A1", 0.110679692, {-3.728505, -4.103360, 7.831865, 1.1e-15}},
    {"E4", kE4P, kE4N, "B", 0.173337825, {-6.092374, -5.792649, 6.779304, 5.105719}},
    {"E4", kE4P, kE4N, "C", 0.082878159, {-2.006683, -0.886796, 2.888687, 4.7914e-3}},
    {"six items",
     kSixP,
     kSixN,
     "none",
     5.078e-6,
     {-4.2e-12, -5.0778e-4, -2.85e-10, 5.0438e-4, 3.3988e-6, 4.7e-17}},
    {"six items",
     kSixP,
     kSixN,
     "A",
     0.067309112,
     {-2.7839, -1.0879, -1.5904, 5.4152, 4.6946e-2, 6.5e-13}},
    {"six items",
     kSixP,
     kSixN,
     "C",
     5.078e-6,
     {-2.2403e-2, -3.3445e-1, -3.0540e-2, 2.7188e-1, 1.1467e-1, 8.415e-4}},
};

class SmoothApVectors : public ::testing::TestWithParam<Vector> {};

// Printed figures carry four to nine digits; values below 1e-9 are printed to two and are rounding
// noise in places.
TEST_P(SmoothApVectors, LossAndGradient) {
  const Vector& v = GetParam();
  SmoothApOptions options;
  options.reactivation = v.variant;
  const Outcome outcome = Evaluate(v.positives, v.negatives, options);
  EXPECT_NEAR(outcome.loss, v.loss, std::max(1e-9, 1e-4 * (v.loss < 1e-4 ? v.loss : 0)));
  double sum = 0, scale = 0;
  for (size_t i = 0; i < v.gradient.size(); ++i) {
    EXPECT_NEAR(outcome.gradient[i], v.gradient[i], std::max(1e-4 * std::abs(v.gradient[i]), 2e-11))
        << "item " << i;
    sum += outcome.gradient[i];
    scale = std::max(scale, std::abs(outcome.gradient[i]));
  }
  EXPECT_NEAR(sum, 0.0, 1e-6 * scale) << "scores enter by differences only";
  for (size_t i = v.positives.size(); i < v.gradient.size(); ++i)
    EXPECT_GE(outcome.gradient[i], -1e-15 * scale);
}

INSTANTIATE_TEST_SUITE_P(Sheet, SmoothApVectors, ::testing::ValuesIn(kVectors));

TEST(SmoothAp, PlainLossAtWiderTemperatures) {
  const auto loss = [](const std::vector<double>& p, const std::vector<double>& n, double t) {
    SmoothApOptions options;
    options.reactivation = "none";
    options.temperature = t;
    return Evaluate(p, n, options).loss;
  };
  EXPECT_NEAR(loss(kE1P, kE1N, 0.05), .268951, 5e-7);
  EXPECT_NEAR(loss(kE1P, kE1N, 0.1), .296798, 5e-7);
  EXPECT_NEAR(loss(kE2P, kE2N, 0.05), .005840, 5e-7);
  EXPECT_NEAR(loss(kE2P, kE2N, 0.1), .051184, 5e-7);
  EXPECT_NEAR(loss(kE4P, kE4N, 0.05), .210944, 5e-7);
  EXPECT_NEAR(loss(kE4P, kE4N, 0.1), .238499, 5e-7);
}

TEST(SmoothAp, ReactivationRevivesADeadGradient) {
  SmoothApOptions options;
  options.reactivation = "none";
  const double dead = Evaluate(kE2P, kE2N, options).gradient[2];
  options.reactivation = "A";
  EXPECT_GE(Evaluate(kE2P, kE2N, options).gradient[2], 1e7 * dead);
}

TEST(SmoothAp, AnchorsWithoutPositiveOrNegativeAreNotUsable) {
  const at::Tensor scores = at::tensor({.5, .4, .3, .2}, at::kDouble).view({2, 2});
  const at::Tensor all = at::ones({2, 2}, at::kBool);
  const at::Tensor first = at::tensor({1, 1, 0, 0}, at::kLong).view({2, 2}).to(at::kBool);
  at::Tensor precision, usable, live, pairs, hardest, listed;
  const SmoothApSums sums{&live, &pairs, &hardest, &listed};
  SmoothAp(scores, first, all.logical_and(first.logical_not()), 2, SmoothApOptions(), &precision,
           &usable, {}, &sums);
  EXPECT_FALSE(usable.any().item<bool>());
  EXPECT_EQ(precision.abs().sum().item<double>(), 0.0);
  EXPECT_EQ(pairs.item<double>(), 0.0);
  EXPECT_EQ(listed.item<double>(), 0.0);
}

// One anchor: positives .60 .40, negatives .55 .20 and the further ones given.
double LossOf(std::vector<double> further, SmoothApOptions options, const SmoothApItems& items) {
  std::vector<double> all = {.60, .40, .55, .20};
  all.insert(all.end(), further.begin(), further.end());
  const at::Tensor scores = at::tensor(all, at::kDouble).unsqueeze(0);
  const at::Tensor columns = at::arange(static_cast<int64_t>(all.size()), at::kLong).unsqueeze(0);
  at::Tensor precision, usable;
  SmoothAp(scores, columns < 2, columns >= 2, 2, options, &precision, &usable, items);
  return 1 - precision.item<double>();
}

TEST(SmoothApItems, ManyOfWeightOneOverTheirNumberCountLikeOne) {
  SmoothApOptions plain;
  plain.reactivation = "none";
  at::Tensor weights = at::tensor({1., 1., 1., 1., .25, .25, .25, .25}, at::kDouble);
  SmoothApItems items;
  items.weights = &weights;
  EXPECT_NEAR(LossOf({.5, .5, .5, .5}, plain, items), LossOf({.5}, plain, {}), 1e-12);
  EXPECT_GT(LossOf({.5, .5, .5, .5}, plain, {}), LossOf({.5}, plain, {}) + .01);
}

TEST(SmoothApItems, ReactivationIsForTheItemsNamed) {
  SmoothApOptions plain, shifted;
  plain.reactivation = "none";
  const at::Tensor none = at::zeros({4}, at::kBool), all = at::ones({4}, at::kBool);
  SmoothApItems items;
  for (const char* kind : {"A", "A1", "B", "C"}) {
    shifted.reactivation = kind;
    items.reactivated = &none;
    EXPECT_NEAR(LossOf({}, shifted, items), LossOf({}, plain, {}), 1e-12) << kind;
    items.reactivated = &all;
    EXPECT_EQ(LossOf({}, shifted, items), LossOf({}, shifted, {})) << kind;
  }
  // B of the second negative alone: it moves from far below to G(-2) = .1192 of a rank.
  shifted.reactivation = "B";
  const at::Tensor second = at::tensor({0, 0, 0, 1}, at::kLong).gt(0);
  items.reactivated = &second;
  const double g = 1 / (1 + std::exp(2.0)), near = 1 / (1 + std::exp(5.0)),
               above = 1 / (1 + std::exp(-15.0));
  const double first = 1 / (1 + near + g), other = 2 / (2 + above + g);
  EXPECT_NEAR(LossOf({}, shifted, items), 1 - (first + other) / 2, 1e-6);
}

// With a limit of two negatives a thousand easy ones weigh what two do.
TEST(SmoothApItems, TheSumOfVariantBIsBounded) {
  SmoothApOptions b;
  b.reactivation = "B";
  const double two = LossOf({}, b, {});
  b.most_negatives = 2;
  EXPECT_EQ(LossOf({}, b, {}), two);
  const double many = LossOf(std::vector<double>(1000, .10), b, {});
  EXPECT_LT(many, .25);
  b.most_negatives = 0;
  EXPECT_GT(LossOf(std::vector<double>(1000, .10), b, {}), .98);
}

struct Random {
  at::Tensor scores, positives, negatives, fresh;
};

// 37 anchors, 90 items of 9 identities; anchors 5 and 11 have no positive.
Random Draw() {
  at::manual_seed(3);
  const at::Tensor labels = at::randint(0, 9, {37}, at::kLong);
  labels[5] = 20;
  labels[11] = 21;
  const at::Tensor items = at::arange(90, at::kLong).remainder(9);
  const at::Tensor same = labels.unsqueeze(1).eq(items.unsqueeze(0));
  return {at::rand({37, 90}, at::kDouble), same, same.logical_not(), at::rand({37}, at::kDouble)};
}

TEST(SmoothApInBlocks, EqualsTheWhole) {
  const Random random = Draw();
  for (const char* kind : {"none", "A", "B", "C"}) {
    SmoothApOptions options;
    options.reactivation = kind;
    options.temperature = .05;
    at::Tensor gradient[2], value[2], live[2], hardest[2];
    for (const bool blocks : {false, true}) {
      const at::Tensor scores = random.scores.clone().set_requires_grad(true);
      at::Tensor usable, pairs, listed;
      const SmoothApSums sums{&live[blocks], &pairs, &hardest[blocks], &listed};
      if (blocks) {
        SmoothApInBlocks(scores, random.positives, random.negatives, 10, options, 5000, &value[1],
                         &usable, {}, &sums);
      } else {
        SmoothAp(scores, random.positives, random.negatives, 10, options, &value[0], &usable, {},
                 &sums);
      }
      (value[blocks] * random.fresh).sum().backward();
      gradient[blocks] = scores.grad();
      EXPECT_EQ(usable.sum().item<int64_t>(), 35);
    }
    EXPECT_TRUE(at::equal(value[0], value[1])) << kind;
    EXPECT_TRUE(at::allclose(gradient[0], gradient[1], 1e-12, 1e-14)) << kind;
    EXPECT_GT(gradient[1].abs().sum().item<double>(), 0) << kind;
    EXPECT_TRUE(at::equal(live[0], live[1])) << kind;
    EXPECT_TRUE(at::allclose(hardest[0], hardest[1], 1e-12)) << kind;
  }
}

}  // namespace
}  // namespace bcr
