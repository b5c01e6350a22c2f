#include <ATen/ATen.h>

#include "harness/train/optimiser_kind.h"

namespace bcr {

namespace {

std::map<std::string, at::Tensor> Begin(const at::Tensor& p, const OptimiserChoice&) {
  return {{"velocity", at::zeros_like(p.detach())}};
}

// g <- g + decay p, v <- momentum v + g, p <- p - rate v, with Nesterov p <- p - rate (g + momentum
// v); each over the whole list of parameters at once.
void Step(const std::vector<Remembered*>& entries, const OptimiserChoice& choice, double rate) {
  std::vector<at::Tensor> values, grads, velocities;
  for (Remembered* entry : entries) {
    values.push_back(entry->parameter.detach());
    grads.push_back(entry->parameter.grad());
    velocities.push_back(entry->state.at("velocity"));
  }
  if (choice.weight_decay > 0) grads = at::_foreach_add(grads, values, choice.weight_decay);
  at::_foreach_mul_(velocities, choice.momentum);
  at::_foreach_add_(velocities, grads);
  const std::vector<at::Tensor> moves =
      choice.nesterov ? at::_foreach_add(grads, velocities, choice.momentum) : velocities;
  at::_foreach_add_(values, moves, -rate);
}

}  // namespace

const OptimiserKind& SgdKind() {
  static const OptimiserKind kind = {.name = "sgd", .begin = &Begin, .step = &Step};
  return kind;
}

}  // namespace bcr
