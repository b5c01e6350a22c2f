#include "harness/train/optimiser.h"

#include <ATen/ATen.h>

namespace bcr {

namespace {

// One fused kernel a step (CPU and CUDA): the per-tensor loop costs more than the arithmetic of
// small networks.
class Adam : public Optimiser {
 public:
  Adam(const std::vector<at::Tensor>& parameters, double weight_decay)
      : parameters_(parameters), weight_decay_(weight_decay) {
    for (const at::Tensor& p : parameters_) {
      means_.push_back(at::zeros_like(p.detach()));
      squares_.push_back(at::zeros_like(p.detach()));
      steps_.push_back(at::zeros({}, p.options().dtype(at::kFloat).requires_grad(false)));
    }
  }

  void SetRate(double rate) override { rate_ = rate; }

  void ZeroGrad() override {
    for (const at::Tensor& p : parameters_) p.mutable_grad() = at::Tensor();
  }

  void Step() override {
    const at::NoGradGuard no_grad;
    std::vector<at::Tensor> values, grads, means, squares, steps;
    for (size_t i = 0; i < parameters_.size(); ++i) {
      if (!parameters_[i].grad().defined()) continue;  // takes no part in this step's losses
      values.push_back(parameters_[i].detach());
      grads.push_back(parameters_[i].grad());
      means.push_back(means_[i]);
      squares.push_back(squares_[i]);
      steps.push_back(steps_[i].add_(1));
    }
    at::_fused_adam_(values, grads, means, squares, {}, steps, rate_, 0.9, 0.999, weight_decay_,
                     1e-8,
                     /*amsgrad=*/false, /*maximize=*/false);
  }

  void Save(std::map<std::string, at::Tensor>& state) const override {
    for (size_t i = 0; i < parameters_.size(); ++i) {
      state[Name(i, "mean")] = means_[i];
      state[Name(i, "square")] = squares_[i];
      state[Name(i, "step")] = steps_[i];
    }
  }

  void Load(const std::map<std::string, at::Tensor>& state) override {
    for (size_t i = 0; i < parameters_.size(); ++i) {
      means_[i].copy_(state.at(Name(i, "mean")));
      squares_[i].copy_(state.at(Name(i, "square")));
      steps_[i].copy_(state.at(Name(i, "step")));
    }
  }

 private:
  static std::string Name(size_t i, const char* part) { return std::to_string(i) + "." + part; }

  std::vector<at::Tensor> parameters_, means_, squares_, steps_;
  double weight_decay_;
  double rate_ = 0;
};

}  // namespace

std::unique_ptr<Optimiser> NewAdam(const std::vector<at::Tensor>& parameters, double weight_decay) {
  return std::make_unique<Adam>(parameters, weight_decay);
}

}  // namespace bcr
