#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/unit/methods/batch_maker.h"

namespace bcr::testing {

// What the contract suites share: every registered objective under every parameter set that it names
// for them, and those for gradient checks alone.
struct ContractCase {
  const ObjectiveInfo* info;
  std::string parameters;
};
std::vector<ContractCase> AllContractCases();
std::vector<ContractCase> GradientCases();
std::string NameOf(const ContractCase& one, size_t index);  // for test listings

constexpr Slot kLeafSlots[5] = {Slot::kBeforeNeck, Slot::kAfterNeck, Slot::kCompatible,
                                Slot::kLogits, Slot::kHeadWeight};

// An objective that was told the training set and `labels`, at the beginning of epoch 5 of 10.
bool NeedsGenerated(const ContractCase& one);  // ObjectiveInfo::needs_generated
// MakeScene; where the objective works on generated images, the last identity of a batch is such.
std::unique_ptr<Scene> SceneOf(const ContractCase& one);
std::unique_ptr<Objective> MakeReady(const ContractCase& one, const Scene& scene,
                                     const LabelSet& labels);
// The sum of its terms. Transform is called first, as the trainer does.
at::Tensor TotalOf(Objective& objective, Batch& batch);
// Value and gradients to the leaves are finite.
void ExpectFinite(Objective& objective, Batch& batch);

}  // namespace bcr::testing
