#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "harness/train/learned_part.h"

namespace bcr {

// Moves parameters along their gradients. State is stored by parameter index, so a resumed run
// continues to the same bytes.
class Optimiser {
 public:
  virtual ~Optimiser() = default;
  // The parameters that are learned from now on. State of those that were learned before (the same
  // tensors) is kept; new ones begin with none.
  virtual void SetParameters(const std::vector<at::Tensor>& parameters) = 0;
  virtual void SetRate(double rate) = 0;
  virtual void ZeroGrad() = 0;
  virtual void Step() = 0;
  virtual void Save(std::map<std::string, at::Tensor>& state) const = 0;
  // REQUIRES: parameters of the shapes that were saved.
  virtual void Load(const std::map<std::string, at::Tensor>& state) = 0;
};

// adam and adamw: fused, epsilon 1e-8, with AMSGrad where it is asked for (adam without it and with
// the default betas is the BoT recipe's). sgd: with momentum, on request Nesterov's. All as in PyTorch.
// Throws kConfig for another kind.
std::unique_ptr<Optimiser> NewOptimiser(const OptimiserChoice& choice);

}  // namespace bcr
