#include "harness/nn/architecture.h"

#include <ATen/ATen.h>

#include "harness/nn/backbone.h"

namespace bcr {
namespace {

using Tensors = std::map<std::string, at::Tensor>;

bool HasShape(const Tensors& tensors, const std::string& name, const std::vector<int64_t>& shape) {
  const auto found = tensors.find(name);
  return found != tensors.end() && found->second.sizes().vec() == shape;
}

// Stem and block count of every stage tell the known backbones apart.
bool Fits(const BackboneShape& shape, const Tensors& tensors) {
  const std::string prefix = "backbone.";
  if (!HasShape(tensors, prefix + "conv1.weight",
                {shape.stem_width, 3, shape.stem_kernel, shape.stem_kernel}))
    return false;
  for (size_t s = 0; s < shape.stages.size(); ++s) {
    const std::string stage = prefix + "layer" + std::to_string(s + 1) + ".";
    const int blocks = shape.stages[s].blocks;
    if (!tensors.contains(stage + std::to_string(blocks - 1) + ".conv2.weight")) return false;
    if (tensors.contains(stage + std::to_string(blocks) + ".conv2.weight")) return false;
  }
  return tensors.contains(prefix + "layer1.0.conv3.weight") == shape.bottleneck;
}

}  // namespace

std::string ArchitectureText(const std::string& backbone, int64_t classes) {
  return "backbone " + backbone + " with " + std::to_string(classes) + " classes";
}

std::string GuessArchitecture(const Tensors& tensors) {
  const auto head = tensors.find("head.weight");
  const int64_t classes =
      head != tensors.end() && head->second.dim() == 2 ? head->second.size(0) : 0;
  for (const BackboneShape& shape : BackboneShapes())
    if (Fits(shape, tensors)) return ArchitectureText(shape.name, classes);
  return "";
}

}  // namespace bcr
