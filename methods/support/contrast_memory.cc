#include "methods/support/contrast_memory.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include "harness/core/error.h"
#include "harness/train/batch.h"
#include "harness/train/label_set.h"
#include "methods/support/old_space.h"
#include "methods/support/tensor_ops.h"

namespace bcr {

ContrastChoice ReadContrast(JsonReader& parameters) {
  ContrastChoice choice;
  choice.temperature = parameters.Number("temperature", 1e-4, 10.0);
  choice.rule.momentum = parameters.Number("momentum", 0.0, 1.0);
  const std::string update = parameters.Choice("update", {"plain", "hard", "selective"});
  choice.sample = parameters.Choice("initialisation", {"mean", "sample"}) == "sample";
  const double low = parameters.Number("band_low", 0.0, 1.0);
  const double high = parameters.Number("band_high", 0.0, 1.0);
  if (low > high) {
    throw Error(ErrorCode::kConfig,
                {parameters.where(), fmt::format("a band of quantiles from {} to {}", low, high),
                 "band_low of at most band_high", ""});
  }
  if (update == "hard") choice.rule.high = 0;
  if (update == "selective") {
    choice.rule.low = low;
    choice.rule.high = high;
  }
  return choice;
}

struct ContrastMemory::State {
  ContrastChoice choice;
  at::Tensor rows;  // K x d float32
};

ContrastMemory::ContrastMemory(const ContrastChoice& choice)
    : state_(new State{.choice = choice, .rows = {}}) {}
ContrastMemory::~ContrastMemory() = default;

void ContrastMemory::Begin(const FloatMatrix& unit_rows, const LabelSet& labels,
                           const std::string& device, uint64_t seed) {
  const FloatMatrix rows = state_->choice.sample ? OneRowOfEach(unit_rows, labels, seed)
                                                 : Centroids(unit_rows, labels).unit;
  state_->rows = FromMatrix(rows).to(at::Device(device));
}

at::Tensor ContrastMemory::Loss(const at::Tensor& q, const Batch& batch) const {
  const at::Tensor logits =
      q.matmul(state_->rows.to(q.scalar_type()).t()) / state_->choice.temperature;
  return MaskedMean(CrossEntropy(logits, batch[Slot::kLabels]), batch[Slot::kValid]);
}

void ContrastMemory::Follow(const at::Tensor& q, const Batch& batch) {
  UpdateMemory(state_->rows, q.detach().to(at::kFloat), batch.labels, state_->choice.rule);
}

}  // namespace bcr
