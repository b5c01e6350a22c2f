#pragma once

#include <vector>

namespace at {
class Tensor;
}

namespace bcr {

// The gradients of several batches, of which the optimisers make one step. Each batch's backward pass
// begins without gradients, so that what an objective does to them in AfterBackward is of that batch
// alone.
class GradientSum {
 public:
  GradientSum();
  ~GradientSum();
  // Takes the parameters' gradients over, which are gone then.
  void Take(const std::vector<at::Tensor>& parameters);
  // Gives the sums back as the parameters' gradients, with those that they have now, and begins anew.
  // REQUIRES: the parameters that were taken from.
  void Give(const std::vector<at::Tensor>& parameters);

 private:
  std::vector<at::Tensor> sums_;  // by parameter; undefined where there was no gradient
};

}  // namespace bcr
