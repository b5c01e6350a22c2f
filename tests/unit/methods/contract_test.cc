// Every registered objective, found by itself: parameters, gradients against finite differences in
// float64, validity masks, determinism, no gradient into frozen tensors.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "tests/unit/methods/batch_maker.h"

namespace bcr {
namespace {

using testing::BatchValues;
using testing::FillBatch;
using testing::MakeScene;
using testing::RandomValues;
using testing::Scene;

constexpr Slot kLeafSlots[5] = {Slot::kBeforeNeck, Slot::kAfterNeck, Slot::kCompatible,
                                Slot::kLogits, Slot::kHeadWeight};

struct Case {
  const ObjectiveInfo* info;
  std::string parameters;
};

std::vector<Case> AllCases() {
  std::vector<Case> cases;
  for (const ObjectiveInfo* info : objective_table()) {
    for (const Json& parameters : ParseJson(info->gradient_checks, info->name)) {
      cases.push_back({info, DumpJsonCompact(parameters)});
    }
  }
  return cases;
}

std::unique_ptr<Objective> Ready(const ObjectiveInfo& info, const std::string& parameters,
                                 const Scene& scene) {
  auto objective = MakeObjective(info, ParseJson(parameters, "test"), "test");
  objective->Prepare(scene.set);
  objective->OnLabels(scene.labels);
  EpochStart start;
  start.epoch = 5;
  start.features = [&scene]() -> const FloatMatrix& { return scene.current; };
  start.features_of = [&scene](const std::string&) -> const FloatMatrix& {
    return scene.old_model.features;
  };
  objective->BeginEpoch(start);
  return objective;
}

at::Tensor Total(Objective& objective, const Batch& batch) {
  Terms terms;
  objective.Compute(batch, terms);
  at::Tensor total = terms.value(0);
  for (size_t i = 1; i < terms.names().size(); ++i) total = total + terms.value(i);
  return total;
}

double ValueAt(Objective& objective, const Scene& scene, const BatchValues& values) {
  Batch batch;
  FillBatch(scene, values, false, batch);
  return Total(objective, batch).item<double>();
}

class ObjectiveContract : public ::testing::TestWithParam<Case> {};

TEST_P(ObjectiveContract, GradientMatchesFiniteDifferences) {
  const auto scene = MakeScene();
  const auto objective = Ready(*GetParam().info, GetParam().parameters, *scene);
  BatchValues values = RandomValues(*scene, 11);
  Batch batch;
  FillBatch(*scene, values, true, batch);
  const at::Tensor total = Total(*objective, batch);
  ASSERT_TRUE(std::isfinite(total.item<double>()));
  ASSERT_TRUE(total.requires_grad()) << "the objective depends on nothing that is trained";
  total.backward();
  constexpr double kStep = 1e-6;
  double largest = 0;
  for (int leaf = 0; leaf < 5; ++leaf) {
    const at::Tensor grad = batch[kLeafSlots[leaf]].grad();
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
  const auto scene = MakeScene();
  const BatchValues values = RandomValues(*scene, 12);
  const auto first = Ready(*GetParam().info, GetParam().parameters, *scene);
  const auto second = Ready(*GetParam().info, GetParam().parameters, *scene);
  EXPECT_EQ(ValueAt(*first, *scene, values), ValueAt(*second, *scene, values));
}

void ExpectFinite(Objective& objective, const Batch& batch) {
  const at::Tensor total = Total(objective, batch);
  EXPECT_TRUE(std::isfinite(total.item<double>()));
  if (!total.requires_grad()) return;
  total.backward();
  for (const Slot slot : kLeafSlots) {
    if (batch[slot].grad().defined()) {
      EXPECT_TRUE(at::isfinite(batch[slot].grad()).all().item<bool>()) << SlotName(slot);
    }
  }
}

TEST_P(ObjectiveContract, BatchWithoutLabelsGivesFiniteValueAndGradient) {
  const auto scene = MakeScene();
  const auto objective = Ready(*GetParam().info, GetParam().parameters, *scene);
  Batch batch;
  FillBatch(*scene, RandomValues(*scene, 13), true, batch);
  batch.Set(Slot::kLabels, at::full_like(batch[Slot::kLabels], -1));
  batch.labels.assign(batch.labels.size(), -1);
  batch.Set(Slot::kValid, batch[Slot::kLabels] >= 0);
  ExpectFinite(*objective, batch);
}

// No anchor has a negative, and no other identity is there to compare with.
TEST_P(ObjectiveContract, BatchOfOneIdentityGivesFiniteValueAndGradient) {
  const auto scene = MakeScene();
  const auto objective = Ready(*GetParam().info, GetParam().parameters, *scene);
  Batch batch;
  FillBatch(*scene, RandomValues(*scene, 15), true, batch);
  batch.Set(Slot::kLabels, at::zeros_like(batch[Slot::kLabels]));
  batch.labels.assign(batch.labels.size(), 0);
  ExpectFinite(*objective, batch);
}

TEST_P(ObjectiveContract, FrozenTensorsGetNoGradient) {
  const auto scene = MakeScene();
  const auto objective = Ready(*GetParam().info, GetParam().parameters, *scene);
  Batch batch;
  FillBatch(*scene, RandomValues(*scene, 14), true, batch);
  const at::Tensor old = batch[Slot::kOldFeatures].clone().set_requires_grad(true);
  batch.Set(Slot::kOldFeatures, old);
  const at::Tensor total = Total(*objective, batch);
  total.backward();
  EXPECT_FALSE(old.grad().defined());
}

TEST_P(ObjectiveContract, UnknownParameterIsRefused) {
  EXPECT_THROW(MakeObjective(*GetParam().info, Json{{"no_such_parameter", 1}}, "test"), Error);
}

INSTANTIATE_TEST_SUITE_P(Registered, ObjectiveContract, ::testing::ValuesIn(AllCases()),
                         [](const auto& param) {
                           std::string name =
                               param.param.info->name + "_" + std::to_string(param.index);
                           for (char& c : name) {
                             if (c == '-') c = '_';
                           }
                           return name;
                         });

}  // namespace
}  // namespace bcr
