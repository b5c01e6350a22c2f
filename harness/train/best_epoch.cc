#include "harness/train/best_epoch.h"

#include <ATen/ATen.h>

#include "harness/core/error.h"
#include "harness/train/prefixed.h"

namespace bcr {

struct BestEpoch::State {
  std::map<std::string, at::Tensor> best;
  int epoch = -1;
  double value = 0;
  at::Tensor epoch_tensor, value_tensor;  // the same for checkpoints
};

BestEpoch::BestEpoch(const std::map<std::string, at::Tensor>& tensors) : state_(new State) {
  for (const auto& [name, tensor] : tensors)
    state_->best[name] = tensor.detach().clone(at::MemoryFormat::Preserve);
  state_->epoch_tensor = at::full({}, -1, at::kLong);
  state_->value_tensor = at::zeros({}, at::kDouble);
}

BestEpoch::~BestEpoch() = default;

void BestEpoch::Consider(int epoch, double value,
                         const std::map<std::string, at::Tensor>& tensors) {
  if (state_->epoch >= 0 && !(value > state_->value)) return;
  state_->epoch = epoch;
  state_->value = value;
  const at::NoGradGuard no_grad;
  for (const auto& [name, tensor] : tensors) state_->best.at(name).copy_(tensor);
}

void BestEpoch::Restore(std::map<std::string, at::Tensor> tensors) const {
  BCR_CHECK(state_->epoch >= 0, "no epoch was judged");
  const at::NoGradGuard no_grad;
  for (const auto& [name, tensor] : state_->best) tensors.at(name).copy_(tensor);
}

int BestEpoch::epoch() const { return state_->epoch; }
double BestEpoch::value() const { return state_->value; }

std::map<std::string, at::Tensor> BestEpoch::Memory() {
  std::map<std::string, at::Tensor> memory;
  AddPrefixed(memory, "weights.", state_->best);
  memory["epoch"] = state_->epoch_tensor.fill_(state_->epoch);
  memory["value"] = state_->value_tensor.fill_(state_->value);
  return memory;
}

void BestEpoch::Loaded() {
  state_->epoch = static_cast<int>(state_->epoch_tensor.item<int64_t>());
  state_->value = state_->value_tensor.item<double>();
}

}  // namespace bcr
