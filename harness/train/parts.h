#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "harness/train/learned_part.h"

namespace bcr {

// Everything that a training run learns, as named parts with an optimiser each. The model is one
// part, or one for each group of its parameters; objectives add theirs. All parts are stepped and
// stored alike.
class Parts {
 public:
  Parts();
  ~Parts();
  // Adds the part, or replaces its parameters: those that stay keep their optimiser's state.
  void Register(const LearnedPart& part);
  // The model's learning rate, followed (times its factor) by every part without a rate of its own.
  void SetRate(double rate);
  void ZeroGrad();
  // Between the batches of one step: takes the gradients of the latest batch over, until Step.
  void KeepGradients();
  // One step along the gradients of the latest batch and of those that were kept. `clip_norm` above 0:
  // the gradient of all parts of the model together is at most so long (clip.h).
  void Step(double clip_norm = 0);
  // Names begin with the part's name.
  void Save(std::map<std::string, at::Tensor>& state) const;
  // REQUIRES: the parts that were saved, with parameters of the same shapes.
  void Load(const std::map<std::string, at::Tensor>& state);

 private:
  struct Entry;
  std::vector<Entry> entries_;
};

}  // namespace bcr
