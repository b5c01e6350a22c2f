#pragma once

#include <string>
#include <vector>

namespace at {
class Tensor;
}

namespace bcr {

// How parameters are learned.
struct OptimiserChoice {
  std::string kind = "adam";  // adam | adamw | sgd
  double rate = 0;            // learning rate; 0: the model's, times `rate_factor`
  double rate_factor = 1;
  double momentum = 0.9;  // Adam's first beta; momentum of SGD
  double second_beta = 0.999;
  double weight_decay = 0;  // on every parameter: as L2, or (adamw) as a part of the step
  bool amsgrad = false;     // of adam and adamw
  bool nesterov = false;    // of sgd
};

// Parameters that are learned together by an optimiser of their own, e.g. an adversary's.
struct LearnedPart {
  std::string name;  // unique within the objective
  std::vector<at::Tensor> parameters;
  OptimiserChoice optimiser;
  bool of_model = false;  // set by the trainer: its gradient counts where the model's is clipped
};

}  // namespace bcr
