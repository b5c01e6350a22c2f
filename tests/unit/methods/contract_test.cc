// Every registered objective, found by itself: parameters, gradients against finite differences in
// float64, validity masks, determinism, no gradient into frozen tensors.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "tests/unit/methods/contract_case.h"

namespace bcr {
namespace {

using testing::BatchValues;
using testing::ContractCase;
using testing::ExpectFinite;
using testing::FillBatch;
using testing::kLeafSlots;
using testing::RandomValues;
using testing::Scene;
using testing::SceneOf;
using testing::TotalOf;

std::unique_ptr<Objective> Ready(const ContractCase& one, const Scene& scene) {
  return testing::MakeReady(one, scene, scene.labels);
}

double ValueAt(Objective& objective, const Scene& scene, const BatchValues& values) {
  Batch batch;
  FillBatch(scene, values, false, batch);
  return TotalOf(objective, batch).item<double>();
}

class ObjectiveGradient : public ::testing::TestWithParam<ContractCase> {};
class ObjectiveContract : public ::testing::TestWithParam<ContractCase> {};

TEST_P(ObjectiveGradient, MatchesFiniteDifferences) {
  const auto scene = SceneOf(GetParam());
  const auto objective = Ready(GetParam(), *scene);
  BatchValues values = RandomValues(*scene, 11);
  Batch batch;
  FillBatch(*scene, values, true, batch);
  std::vector<at::Tensor> leaves;  // Transform may put others in their place
  for (const Slot slot : kLeafSlots) leaves.push_back(batch[slot]);
  const at::Tensor total = TotalOf(*objective, batch);
  ASSERT_TRUE(std::isfinite(total.item<double>()));
  ASSERT_TRUE(total.requires_grad()) << "the objective depends on nothing that is trained";
  total.backward();
  constexpr double kStep = 1e-6;
  double largest = 0;
  for (size_t leaf = 0; leaf < leaves.size(); ++leaf) {
    const at::Tensor grad = leaves[leaf].grad();
    for (size_t i = 0; i < values.numbers[leaf].size(); ++i) {
      const double kept = values.numbers[leaf][i];
      values.numbers[leaf][i] = kept + kStep;
      const double above = ValueAt(*objective, *scene, values);
      values.numbers[leaf][i] = kept - kStep;
      const double below = ValueAt(*objective, *scene, values);
      values.numbers[leaf][i] = kept;
      const double numeric = (above - below) / (2 * kStep);
      const double exact =
          grad.defined() ? grad.view({-1})[static_cast<int64_t>(i)].item<double>() : 0.0;
      EXPECT_NEAR(exact, numeric, 1e-6 * std::max(1.0, std::abs(numeric)))
          << SlotName(kLeafSlots[leaf]) << " element " << i;
      largest = std::max(largest, std::abs(numeric));
    }
  }
  EXPECT_GT(largest, 1e-8) << "no gradient anywhere: the check shows nothing";
}

TEST_P(ObjectiveContract, SameInputsGiveTheSameBits) {
  const auto scene = SceneOf(GetParam());
  const BatchValues values = RandomValues(*scene, 12);
  const auto first = Ready(GetParam(), *scene);
  const auto second = Ready(GetParam(), *scene);
  EXPECT_EQ(ValueAt(*first, *scene, values), ValueAt(*second, *scene, values));
}

TEST_P(ObjectiveContract, BatchWithoutLabelsGivesFiniteValueAndGradient) {
  const auto scene = SceneOf(GetParam());
  const auto objective = Ready(GetParam(), *scene);
  Batch batch;
  FillBatch(*scene, RandomValues(*scene, 13), true, batch);
  batch.Set(Slot::kLabels, at::full_like(batch[Slot::kLabels], -1));
  batch.labels.assign(batch.labels.size(), -1);
  batch.Set(Slot::kValid, batch[Slot::kLabels] >= 0);
  ExpectFinite(*objective, batch);
}

// No anchor has a negative, and no other identity is there to compare with.
TEST_P(ObjectiveContract, BatchOfOneIdentityGivesFiniteValueAndGradient) {
  const auto scene = SceneOf(GetParam());
  const auto objective = Ready(GetParam(), *scene);
  Batch batch;
  FillBatch(*scene, RandomValues(*scene, 15), true, batch);
  batch.Set(Slot::kLabels, at::zeros_like(batch[Slot::kLabels]));
  batch.labels.assign(batch.labels.size(), 0);
  ExpectFinite(*objective, batch);
}

TEST_P(ObjectiveContract, FrozenTensorsGetNoGradient) {
  const auto scene = SceneOf(GetParam());
  const auto objective = Ready(GetParam(), *scene);
  Batch batch;
  FillBatch(*scene, RandomValues(*scene, 14), true, batch);
  const at::Tensor old = batch[Slot::kOldFeatures].clone().set_requires_grad(true);
  batch.Set(Slot::kOldFeatures, old);
  const at::Tensor total = TotalOf(*objective, batch);
  total.backward();
  EXPECT_FALSE(old.grad().defined());
}

TEST_P(ObjectiveContract, UnknownParameterIsRefused) {
  EXPECT_THROW(MakeObjective(*GetParam().info, Json{{"no_such_parameter", 1}}, "test"), Error);
}

std::string CaseName(const ::testing::TestParamInfo<ContractCase>& one) {
  return testing::NameOf(one.param, one.index);
}

INSTANTIATE_TEST_SUITE_P(Registered, ObjectiveGradient,
                         ::testing::ValuesIn(testing::GradientCases()), CaseName);
INSTANTIATE_TEST_SUITE_P(Registered, ObjectiveContract,
                         ::testing::ValuesIn(testing::AllContractCases()), CaseName);

}  // namespace
}  // namespace bcr
