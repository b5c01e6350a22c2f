#include "tests/unit/methods/pair_batch.h"

#include <ATen/ATen.h>

#include <nlohmann/json.hpp>
#include <numeric>

namespace bcr::testing {

at::Tensor Rows(const std::vector<double>& values, int64_t cols) {
  return at::tensor(values, at::kDouble).view({-1, cols});
}

void FillPairs(const at::Tensor& fresh, const at::Tensor& old, const std::vector<int64_t>& labels,
               Batch& batch, const std::vector<int64_t>& rows) {
  batch.rows = rows;
  if (rows.empty()) {
    batch.rows.resize(labels.size());
    std::iota(batch.rows.begin(), batch.rows.end(), 0);
  }
  batch.labels = labels;
  batch.Set(Slot::kCompatible, fresh.detach().clone().set_requires_grad(true));
  batch.Set(Slot::kOldFeatures, old.detach());
  batch.Set(Slot::kLabels, at::tensor(labels, at::kLong));
  batch.Set(Slot::kValid, batch[Slot::kLabels] >= 0);
  batch.Set(Slot::kRows, at::tensor(batch.rows, at::kLong));
}

std::unique_ptr<Objective> MakeNamed(const std::string& name, const Json& parameters) {
  return MakeObjective(FindObjective(objective_table(), name), parameters, "test");
}

at::Tensor LossOf(Objective& objective, const Batch& batch) {
  Terms terms;
  objective.Compute(batch, terms);
  at::Tensor total = terms.value(0);
  for (size_t i = 1; i < terms.names().size(); ++i) total = total + terms.value(i);
  return total;
}

double LossOf(const std::string& name, const Json& parameters, const Batch& batch) {
  return LossOf(*MakeNamed(name, parameters), batch).item<double>();
}

at::Tensor GradientOf(const std::string& name, const Json& parameters, const Batch& batch) {
  const at::Tensor& leaf = batch[Slot::kCompatible];
  leaf.mutable_grad() = at::Tensor();
  const at::Tensor loss = LossOf(*MakeNamed(name, parameters), batch);
  if (loss.requires_grad()) loss.backward();
  return leaf.grad().defined() ? leaf.grad().clone() : at::zeros_like(leaf);
}

}  // namespace bcr::testing
