#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/train/learned_part.h"

namespace bcr {

// What an optimiser remembers of each parameter, under the names of its kind.
struct Remembered {
  at::Tensor parameter;
  std::map<std::string, at::Tensor> state;
};

// One way to move parameters along their gradients. Private to harness/train: optimiser.cc has a list
// of them.
struct OptimiserKind {
  const char* name;
  // The memory of a parameter that was never moved.
  std::map<std::string, at::Tensor> (*begin)(const at::Tensor& parameter,
                                             const OptimiserChoice& choice);
  // Moves all parameters, which have gradients; there is at least one.
  void (*step)(const std::vector<Remembered*>& entries, const OptimiserChoice& choice, double rate);
};

const OptimiserKind& AdamKind();   // adam.cc
const OptimiserKind& AdamWKind();  // adam.cc
const OptimiserKind& SgdKind();    // sgd.cc

}  // namespace bcr
