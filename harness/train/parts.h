#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "harness/train/learned_part.h"

namespace bcr {

// Everything that a training run learns, as named parts with an optimiser each. The model and its
// Adam are one part; objectives add theirs. All parts are stepped and stored alike.
class Parts {
 public:
  Parts();
  ~Parts();
  // Adds the part, or replaces its parameters: those that stay keep their optimiser's state.
  void Register(const LearnedPart& part);
  // The model's learning rate, followed (times its factor) by every part without a rate of its own.
  void SetRate(double rate);
  void ZeroGrad();
  void Step();
  // Names begin with the part's name.
  void Save(std::map<std::string, at::Tensor>& state) const;
  // REQUIRES: the parts that were saved, with parameters of the same shapes.
  void Load(const std::map<std::string, at::Tensor>& state);

 private:
  struct Entry;
  std::vector<Entry> entries_;
};

}  // namespace bcr
