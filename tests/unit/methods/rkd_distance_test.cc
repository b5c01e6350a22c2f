// The objective `rkd-distance` by hand and by NumPy. Gradients are checked by the contract suite.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "harness/train/objective.h"

namespace bcr {
namespace {

at::Tensor Rows(const std::vector<double>& values, int64_t cols) {
  return at::tensor(values, at::kDouble).view({-1, cols});
}

at::Tensor Loss(const at::Tensor& fresh, const at::Tensor& old) {
  Batch batch;
  batch.Set(Slot::kCompatible, fresh);
  batch.Set(Slot::kOldFeatures, old);
  Terms terms;
  MakeObjective(FindObjective(objective_table(), "rkd-distance"), Json::object(), "test")
      ->Compute(batch, terms);
  return terms.value(0);
}

double Value(const at::Tensor& fresh, const at::Tensor& old) {
  return Loss(fresh, old).item<double>();
}

// New directions at 0, 90 and 180 degrees lie sqrt 2, 2 and sqrt 2 apart, old ones at 0, 60 and 120
// degrees 1, sqrt 3 and 1.
TEST(RkdDistance, ThreeDirectionsByHand) {
  const at::Tensor fresh = Rows({2, 0, 0, 1, -3, 0}, 2);
  const at::Tensor old = Rows({1, 0, .5, std::sqrt(.75), -.5, std::sqrt(.75)}, 2);
  const double fresh_mean = (2 + 2 * std::sqrt(2)) / 3, old_mean = (2 + std::sqrt(3)) / 3;
  const double side = std::sqrt(2) / fresh_mean - 1 / old_mean;
  const double base = 2 / fresh_mean - std::sqrt(3) / old_mean;
  EXPECT_NEAR(Value(fresh, old), (2 * side * side + base * base) / 2 / 3, 1e-12);
}

// Two of the ten differences (1.25 and 1.16) lie behind the bend of the Huber loss, and the first two
// old rows are equal. NumPy, from the formula.
TEST(RkdDistance, FiveRowsOfUnequalWidthByNumpy) {
  const at::Tensor fresh = Rows({3, 1, 0, 2, 2, 0, 1, 5, 0, 4, 1, 1, 1, 1, 1, -7, 2, 2, 0, 1}, 4);
  const at::Tensor old = Rows({1, 0, 1, 0, 0, 2, .1, 1, -1, .3}, 2);
  EXPECT_NEAR(Value(fresh, old), 0.22078255140553402, 1e-12);
}

// What makes it a control: turned as a whole, new features say the same to it.
TEST(RkdDistance, ARotationChangesNothing) {
  const at::Tensor old = Rows({1, 0, .3, 1, -1, .2, .5, -.5}, 2);
  const at::Tensor turned = at::matmul(old, Rows({.6, .8, -.8, .6}, 2));
  EXPECT_NEAR(Value(turned, old), 0, 1e-15);
}

TEST(RkdDistance, EqualRowsAndASingleRowGiveFiniteGradients) {
  for (const int64_t count : {1, 3}) {
    const at::Tensor fresh = at::ones({count, 2}, at::kDouble).set_requires_grad(true);
    const at::Tensor loss = Loss(fresh, at::ones({count, 2}, at::kDouble));
    EXPECT_EQ(loss.item<double>(), 0);
    loss.backward();
    EXPECT_TRUE(fresh.grad().isfinite().all().item<bool>()) << count;
  }
}

}  // namespace
}  // namespace bcr
