#include "tests/unit/methods/contract_case.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace bcr::testing {

namespace {

void AddCases(const ObjectiveInfo& info, const std::string& checks,
              std::vector<ContractCase>& cases) {
  for (const Json& parameters : ParseJson(checks, info.name))
    cases.push_back({&info, DumpJsonCompact(parameters)});
}

}  // namespace

std::vector<ContractCase> AllContractCases() {
  std::vector<ContractCase> cases;
  for (const ObjectiveInfo* info : objective_table()) {
    AddCases(*info, info->gradient_checks, cases);
    AddCases(*info, info->detached_checks, cases);
  }
  return cases;
}

std::vector<ContractCase> GradientCases() {
  std::vector<ContractCase> cases;
  for (const ObjectiveInfo* info : objective_table()) AddCases(*info, info->gradient_checks, cases);
  return cases;
}

std::string NameOf(const ContractCase& one, size_t index) {
  std::string name = one.info->name + "_" + std::to_string(index);
  for (char& c : name) {
    if (c == '-') c = '_';
  }
  return name;
}

bool NeedsGenerated(const ContractCase& one) {
  return one.info->needs_generated != nullptr && one.info->needs_generated(CompleteParameters(
                                                     *one.info, ParseJson(one.parameters, "test")));
}

std::unique_ptr<Scene> SceneOf(const ContractCase& one) {
  auto scene = MakeScene();
  scene->generated = NeedsGenerated(one);
  if (scene->generated) std::fill_n(scene->labels.labels.begin() + 12, 4, -1);
  return scene;
}

std::unique_ptr<Objective> MakeReady(const ContractCase& one, const Scene& scene,
                                     const LabelSet& labels) {
  auto objective = MakeObjective(*one.info, ParseJson(one.parameters, "test"), "test");
  objective->Prepare(scene.set);
  objective->OnLabels(labels);
  EpochStart start;
  start.epoch = 5;
  start.features = [&scene]() -> const FloatMatrix& { return scene.current; };
  start.features_of = [&scene](const std::string&) -> const FloatMatrix& {
    return scene.old_model.features;
  };
  objective->BeginEpoch(start);
  return objective;
}

at::Tensor TotalOf(Objective& objective, Batch& batch) {
  objective.Transform(batch);
  Terms terms;
  objective.Compute(batch, terms);
  at::Tensor total = terms.value(0);
  for (size_t i = 1; i < terms.names().size(); ++i) total = total + terms.value(i);
  return total;
}

void ExpectFinite(Objective& objective, Batch& batch) {
  std::vector<at::Tensor> leaves;  // Transform may put others in their place
  for (const Slot slot : kLeafSlots) leaves.push_back(batch[slot]);
  const at::Tensor total = TotalOf(objective, batch);
  EXPECT_TRUE(std::isfinite(total.item<double>()));
  if (!total.requires_grad()) return;
  total.backward();
  for (size_t i = 0; i < leaves.size(); ++i) {
    if (leaves[i].grad().defined()) {
      EXPECT_TRUE(at::isfinite(leaves[i].grad()).all().item<bool>()) << SlotName(kLeafSlots[i]);
    }
  }
}

}  // namespace bcr::testing
