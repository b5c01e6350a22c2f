#pragma once

#include <string>
#include <vector>

namespace at {
class Tensor;
}

namespace bcr {

// How parameters are learned.
struct OptimiserChoice {
  std::string kind = "adam";  // adam | sgd
  double rate = 0;            // learning rate; 0: the model's of each epoch, times `rate_factor`
  double rate_factor = 1;
  double momentum = 0.9;  // Adam's first beta; momentum of SGD
  double second_beta = 0.999;
  double weight_decay = 0;  // L2, on every parameter
};

// Parameters that are learned together by an optimiser of their own, e.g. an adversary's.
struct LearnedPart {
  std::string name;  // unique within the objective
  std::vector<at::Tensor> parameters;
  OptimiserChoice optimiser;
};

}  // namespace bcr
