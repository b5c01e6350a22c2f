#pragma once

#include <ATen/ATen.h>

#include <string>

#include "harness/nn/backbone.h"
#include "tests/unit/nn/tensors.h"

namespace bcr::testing {

// A backbone with its tensors, outside of a model.
struct BuiltBackbone {
  TensorTable tensors;
  std::unique_ptr<Backbone> backbone;

  explicit BuiltBackbone(const std::string& reference,
                         const Initialiser& initialiser = Initialiser(1)) {
    const BackboneChoice choice = ChooseBackbone(reference);
    backbone = choice.info->make(choice.values, {tensors, initialiser}, "");
  }
  at::Tensor Map(const at::Tensor& images, bool training = false) const {
    at::Tensor map;
    backbone->Forward(images, {training, {}}, &map);
    return map;
  }
  int64_t ParameterCount() const {
    int64_t count = 0;
    for (const at::Tensor& t : tensors.Trained()) count += t.numel();
    return count;
  }
};

// Entries that the backbone trains, without building its values.
inline int64_t ParameterCount(const std::string& reference) {
  return BuiltBackbone(reference, Initialiser::Shapes()).ParameterCount();
}

// The error of derivatives along random directions against central differences, relative to the
// derivative itself; the largest over a direction of all tensors at once and those of some single
// tensors. In double precision, with the batch's own statistics.
double GradientError(const std::string& reference, int64_t height, int64_t width);

}  // namespace bcr::testing
