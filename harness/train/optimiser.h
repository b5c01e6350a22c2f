#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace at {
class Tensor;
}

namespace bcr {

// The model's optimiser. State is kept by parameter index, so a resumed run continues to the same
// bytes.
class Optimiser {
 public:
  virtual ~Optimiser() = default;
  virtual void SetRate(double rate) = 0;
  virtual void ZeroGrad() = 0;
  virtual void Step() = 0;
  virtual void Save(std::map<std::string, at::Tensor>& state) const = 0;
  virtual void Load(const std::map<std::string, at::Tensor>& state) = 0;
};

// Adam with betas 0.9, 0.999 and L2 weight decay on every parameter (the BoT recipe).
std::unique_ptr<Optimiser> NewAdam(const std::vector<at::Tensor>& parameters, double weight_decay);

}  // namespace bcr
