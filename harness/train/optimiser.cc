#include "harness/train/optimiser.h"

#include <ATen/ATen.h>

#include "harness/core/error.h"
#include "harness/train/optimiser_kind.h"

namespace bcr {

namespace {

// Parameters and what is remembered of them, for every kind.
class StatefulOptimiser : public Optimiser {
 public:
  StatefulOptimiser(const OptimiserChoice& choice, const OptimiserKind& kind)
      : choice_(choice), kind_(kind) {}

  void SetParameters(const std::vector<at::Tensor>& parameters) override {
    std::vector<Remembered> next;
    for (const at::Tensor& parameter : parameters) {
      Remembered* known = Find(parameter);
      if (known != nullptr) {
        next.push_back(std::move(*known));
      } else {
        next.push_back({parameter, kind_.begin(parameter, choice_)});
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
    if (!with_gradient.empty()) kind_.step(with_gradient, choice_, rate_);
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
  const OptimiserKind& kind_;
  std::vector<Remembered> entries_;
  double rate_ = 0;
};

}  // namespace

std::unique_ptr<Optimiser> NewOptimiser(const OptimiserChoice& choice) {
  for (const OptimiserKind* kind : {&AdamKind(), &AdamWKind(), &SgdKind()}) {
    if (choice.kind == kind->name) return std::make_unique<StatefulOptimiser>(choice, *kind);
  }
  throw Error(ErrorCode::kConfig, {"optimiser", "`" + choice.kind + "`", "adam, adamw or sgd", ""});
}

}  // namespace bcr
