#include "harness/train/optimiser.h"

#include <ATen/ATen.h>

#include "harness/core/error.h"

namespace bcr {

namespace {

// What an optimiser remembers of each parameter, under the names of its kind.
struct Remembered {
  at::Tensor parameter;
  std::map<std::string, at::Tensor> state;
};

// Parameters and their state, for optimisers that differ in what they remember and in their step.
class StatefulOptimiser : public Optimiser {
 public:
  using Begin = std::map<std::string, at::Tensor> (*)(const at::Tensor& parameter);
  using StepAll = void (*)(std::vector<Remembered*>& with_gradient, const OptimiserChoice& choice,
                           double rate);
  StatefulOptimiser(const OptimiserChoice& choice, Begin begin, StepAll step)
      : choice_(choice), begin_(begin), step_(step) {}

  void SetParameters(const std::vector<at::Tensor>& parameters) override {
    std::vector<Remembered> next;
    for (const at::Tensor& parameter : parameters) {
      Remembered* known = Find(parameter);
      if (known != nullptr) {
        next.push_back(std::move(*known));
      } else {
        next.push_back({parameter, begin_(parameter)});
      }
    }
    entries_ = std::move(next);
  }

  void SetRate(double rate) override { rate_ = rate; }

  void ZeroGrad() override {
    for (const Remembered& entry : entries_) entry.parameter.mutable_grad() = at::Tensor();
  }

  void Step() override {
    const at::NoGradGuard no_grad;
    std::vector<Remembered*> with_gradient;  // the others take no part in this step's losses
    for (Remembered& entry : entries_) {
      if (entry.parameter.grad().defined()) with_gradient.push_back(&entry);
    }
    if (!with_gradient.empty()) step_(with_gradient, choice_, rate_);
  }

  void Save(std::map<std::string, at::Tensor>& state) const override {
    for (size_t i = 0; i < entries_.size(); ++i) {
      for (const auto& [name, tensor] : entries_[i].state) state[Name(i, name)] = tensor;
    }
  }

  void Load(const std::map<std::string, at::Tensor>& state) override {
    for (size_t i = 0; i < entries_.size(); ++i) {
      for (const auto& [name, tensor] : entries_[i].state) tensor.copy_(state.at(Name(i, name)));
    }
  }

 private:
  static std::string Name(size_t i, const std::string& part) {
    return std::to_string(i) + "." + part;
  }

  Remembered* Find(const at::Tensor& parameter) {
    for (Remembered& entry : entries_) {
      if (entry.parameter.defined() && entry.parameter.is_same(parameter)) return &entry;
    }
    return nullptr;
  }

  OptimiserChoice choice_;
  Begin begin_;
  StepAll step_;
  std::vector<Remembered> entries_;
  double rate_ = 0;
};

std::map<std::string, at::Tensor> BeginAdam(const at::Tensor& p) {
  return {{"mean", at::zeros_like(p.detach())},
          {"square", at::zeros_like(p.detach())},
          {"step", at::zeros({}, p.options().dtype(at::kFloat).requires_grad(false))}};
}

// One fused kernel a step (CPU and CUDA): the per-tensor loop costs more than the arithmetic of
// small networks.
void StepAdam(std::vector<Remembered*>& entries, const OptimiserChoice& choice, double rate) {
  std::vector<at::Tensor> values, grads, means, squares, steps;
  for (Remembered* entry : entries) {
    values.push_back(entry->parameter.detach());
    grads.push_back(entry->parameter.grad());
    means.push_back(entry->state.at("mean"));
    squares.push_back(entry->state.at("square"));
    steps.push_back(entry->state.at("step"));
  }
  at::_foreach_add_(steps, 1);
  at::_fused_adam_(values, grads, means, squares, {}, steps, rate, choice.momentum,
                   choice.second_beta, choice.weight_decay, 1e-8,
                   /*amsgrad=*/false, /*maximize=*/false);
}

std::map<std::string, at::Tensor> BeginSgd(const at::Tensor& p) {
  return {{"velocity", at::zeros_like(p.detach())}};
}

void StepSgd(std::vector<Remembered*>& entries, const OptimiserChoice& choice, double rate) {
  for (Remembered* entry : entries) {
    const at::Tensor value = entry->parameter.detach();
    at::Tensor& velocity = entry->state.at("velocity");
    velocity.mul_(choice.momentum).add_(entry->parameter.grad());
    if (choice.weight_decay > 0) velocity.add_(value, choice.weight_decay);
    value.add_(velocity, -rate);
  }
}

}  // namespace

std::unique_ptr<Optimiser> NewOptimiser(const OptimiserChoice& choice) {
  if (choice.kind == "adam")
    return std::make_unique<StatefulOptimiser>(choice, &BeginAdam, &StepAdam);
  if (choice.kind == "sgd") return std::make_unique<StatefulOptimiser>(choice, &BeginSgd, &StepSgd);
  throw Error(ErrorCode::kConfig, {"optimiser", "`" + choice.kind + "`", "adam or sgd", ""});
}

}  // namespace bcr
