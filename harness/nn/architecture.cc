#include "harness/nn/architecture.h"

#include <ATen/ATen.h>

#include "harness/nn/backbone.h"

namespace bcr {
namespace {

using Tensors = std::map<std::string, at::Tensor>;

constexpr char kPrefix[] = "backbone.";

bool IsCounter(const std::string& name) { return name.ends_with("num_batches_tracked"); }

size_t CountOfBackbone(const Tensors& tensors) {
  size_t count = 0;
  for (const auto& [name, tensor] : tensors) count += name.starts_with(kPrefix) && !IsCounter(name);
  return count;
}

// Whether the network has exactly these tensors, but for the counters that old files lack.
bool Fits(const BackboneChoice& choice, const Tensors& tensors) {
  TensorTable own;
  const Initialiser initialiser = Initialiser::Shapes();
  choice.info->make(choice.values, {own, initialiser}, kPrefix);
  const Tensors all = own.All();
  for (const auto& [name, tensor] : all) {
    if (IsCounter(name)) continue;
    const auto found = tensors.find(name);
    if (found == tensors.end() || found->second.sizes() != tensor.sizes()) return false;
  }
  return CountOfBackbone(all) == CountOfBackbone(tensors);
}

// The backbone at its defaults, then with each switch in turn at each other value.
std::vector<BackboneChoice> Variants(const BackboneInfo& info) {
  const BackboneChoice standard = ChooseBackbone(info.name);
  std::vector<BackboneChoice> variants = {standard};
  for (const BackboneSwitch& one : info.switches)
    for (size_t i = 1; i < one.values.size(); ++i) {
      variants.push_back(standard);
      variants.back().values[one.key] = one.values[i];
    }
  return variants;
}

}  // namespace

std::string ArchitectureText(const std::string& backbone, int64_t classes) {
  return "backbone " + backbone + " with " + std::to_string(classes) + " classes";
}

std::string GuessArchitecture(const Tensors& tensors) {
  const auto head = tensors.find("head.weight");
  const int64_t classes =
      head != tensors.end() && head->second.dim() == 2 ? head->second.size(0) : 0;
  for (const BackboneInfo* info : backbone_table())
    for (const BackboneChoice& choice : Variants(*info))
      if (Fits(choice, tensors)) return ArchitectureText(choice.Text(), classes);
  return "";
}

}  // namespace bcr
