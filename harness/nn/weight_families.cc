#include "harness/nn/weight_families.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "harness/nn/backbone_info.h"

namespace bcr {
namespace {

using Tensors = std::map<std::string, at::Tensor>;

constexpr char kOwnPrefix[] = "backbone.";
constexpr char kWrapper[] = "module.";

// The first that fits is taken. Files with a bare backbone have their classifier beside it
// (WeightNames::beside).
const std::vector<WeightFamily>& Families() {
  static const std::vector<WeightFamily> families = {
      {"fast-reid",
       "backbone.",
       "heads.",
       {{"heads.bottleneck.0.", "neck."},
        {"heads.pool_layer.p", "pool.p"},
        {"heads.weight", "head.weight"},
        {"heads.classifier.weight", "head.weight"},
        {"pixel_mean", ""},
        {"pixel_std", ""}}},
      {"bcreid",
       "backbone.",
       "",
       {{"neck.", "neck."}, {"pool.", "pool."}, {"head.", "head."}, {"embedding.", "embedding."}}},
      {"BoT",
       "base.",
       "",
       {{"bottleneck.", "neck."}, {"classifier.weight", "head.weight"}, {"gap.p", "pool.p"}}},
      {"layumi", "model.", "", {{"classifier.classifier.weight", "head.weight"}}},
      {kBareFamily, "", "", {}}};
  return families;
}

bool StartsWithAny(const std::string& name, const std::vector<std::string>& beginnings) {
  return std::any_of(beginnings.begin(), beginnings.end(),
                     [&](const std::string& part) { return name.starts_with(part); });
}

bool Fits(const WeightFamily& family, const Tensors& tensors, const WeightNames& names) {
  if (!tensors.contains(family.backbone + names.probe)) return false;
  return family.sign.empty() || std::any_of(tensors.begin(), tensors.end(), [&](const auto& item) {
           return item.first.starts_with(family.sign);
         });
}

Tensors WithoutWrapper(const Tensors& tensors) {
  const std::string wrapper = kWrapper;
  Tensors bare;
  for (const auto& [name, tensor] : tensors)
    bare.emplace(name.starts_with(wrapper) ? name.substr(wrapper.size()) : name, tensor);
  return bare;
}

// The name of a part that is not the backbone; "" where there is no such part here.
std::string OurName(const WeightFamily& family, const std::string& name) {
  for (const WeightFamily::Part& part : family.parts) {
    if (!name.starts_with(part.theirs)) continue;
    return part.ours.empty() ? "" : part.ours + name.substr(part.theirs.size());
  }
  return name;
}

}  // namespace

ImportedWeights ImportWeights(const Tensors& tensors, const WeightNames& names) {
  const Tensors bare = WithoutWrapper(tensors);
  ImportedWeights imported;
  for (const WeightFamily& family : Families()) {
    if (!Fits(family, bare, names)) continue;
    imported.family = family.name;
    for (const auto& [name, tensor] : bare) {
      const bool backbone = name.starts_with(family.backbone);
      const std::string rest = name.substr(backbone ? family.backbone.size() : 0);
      if (backbone && !StartsWithAny(rest, names.beside)) {
        imported.backbone.emplace(kOwnPrefix + rest, tensor);
      } else if (const std::string ours = OurName(family, name); !ours.empty()) {
        imported.others.emplace(ours, tensor);
      }
    }
    break;
  }
  return imported;
}

}  // namespace bcr
