#include <ATen/ATen.h>

#include "harness/train/optimiser_kind.h"

namespace bcr {

namespace {

constexpr double kEpsilon = 1e-8;

using State = std::map<std::string, at::Tensor>;

State Begin(const at::Tensor& p, const OptimiserChoice& choice) {
  State state = {{"mean", at::zeros_like(p.detach())},
                 {"square", at::zeros_like(p.detach())},
                 {"step", at::zeros({}, p.options().dtype(at::kFloat).requires_grad(false))}};
  if (choice.amsgrad) state["largest"] = at::zeros_like(p.detach());
  return state;
}

// What the fused kernels take: one list for each thing that is known of every parameter.
struct Lists {
  std::vector<at::Tensor> values, grads, means, squares, largest, steps;
  Lists(const std::vector<Remembered*>& entries, bool amsgrad) {
    for (Remembered* entry : entries) {
      values.push_back(entry->parameter.detach());
      grads.push_back(entry->parameter.grad());
      means.push_back(entry->state.at("mean"));
      squares.push_back(entry->state.at("square"));
      steps.push_back(entry->state.at("step"));
      if (amsgrad) largest.push_back(entry->state.at("largest"));
    }
    at::_foreach_add_(steps, 1);
  }
};

// One fused kernel a step (CPU and CUDA): the per-tensor loop costs more than the arithmetic of
// small networks.
void StepAdam(const std::vector<Remembered*>& entries, const OptimiserChoice& c, double rate) {
  Lists all(entries, c.amsgrad);
  at::_fused_adam_(all.values, all.grads, all.means, all.squares, all.largest, all.steps, rate,
                   c.momentum, c.second_beta, c.weight_decay, kEpsilon, c.amsgrad,
                   /*maximize=*/false);
}

void StepAdamW(const std::vector<Remembered*>& entries, const OptimiserChoice& c, double rate) {
  Lists all(entries, c.amsgrad);
  at::_fused_adamw_(all.values, all.grads, all.means, all.squares, all.largest, all.steps, rate,
                    c.momentum, c.second_beta, c.weight_decay, kEpsilon, c.amsgrad,
                    /*maximize=*/false);
}

}  // namespace

const OptimiserKind& AdamKind() {
  static const OptimiserKind kind = {.name = "adam", .begin = &Begin, .step = &StepAdam};
  return kind;
}

const OptimiserKind& AdamWKind() {
  static const OptimiserKind kind = {.name = "adamw", .begin = &Begin, .step = &StepAdamW};
  return kind;
}

}  // namespace bcr
