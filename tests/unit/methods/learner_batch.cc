#include "tests/unit/methods/learner_batch.h"

#include <ATen/ATen.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "tests/unit/methods/pair_batch.h"

namespace bcr::testing {

at::Tensor AtDegrees(const std::vector<double>& degrees) {
  const at::Tensor radians = at::tensor(degrees, at::kDouble) * (M_PI / 180);
  return at::stack({radians.cos(), radians.sin()}, 1);
}

at::Tensor FillFeatures(const at::Tensor& features, const std::vector<int64_t>& labels,
                        Batch& batch) {
  FillPairs(features, features, labels, batch);
  const at::Tensor leaf = batch[Slot::kCompatible];
  for (const Slot side : {Slot::kBeforeNeck, Slot::kAfterNeck}) batch.Set(side, leaf);
  return leaf;
}

at::Tensor FillFan(Batch& batch, const std::vector<int64_t>& labels) {
  return FillFeatures(AtDegrees({0, 50, 70, 140}), labels, batch);
}

double ValueAndGradient(const std::string& name, const Json& parameters, const Batch& batch,
                        const at::Tensor& leaf, at::Tensor* gradient) {
  leaf.mutable_grad() = at::Tensor();
  const at::Tensor loss = LossOf(*MakeNamed(name, parameters), batch);
  loss.backward();
  *gradient = leaf.grad();
  return loss.item<double>();
}

at::Tensor ThroughCosines(const at::Tensor& g, const at::Tensor& x) {
  const at::Tensor both = g + g.t();
  const at::Tensor along = (both * x.matmul(x.t())).sum(1, true);
  return both.matmul(x) - along * x;
}

}  // namespace bcr::testing
