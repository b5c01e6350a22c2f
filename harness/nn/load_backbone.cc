#include <ATen/ATen.h>

#include "harness/core/error.h"
#include "harness/nn/architecture.h"
#include "harness/nn/fit_domains.h"
#include "harness/nn/weight_families.h"
#include "harness/nn/weights.h"

namespace bcr {
namespace {

using Tensors = std::map<std::string, at::Tensor>;

[[noreturn]] void ThrowOtherFamily(const Tensors& tensors, const BackboneInfo& wanted,
                                   const std::string& where) {
  std::string found = "no tensor";
  if (!tensors.empty()) found = "`" + tensors.begin()->first + "` and others";
  for (const BackboneInfo* info : backbone_table()) {
    const std::string guess = GuessArchitecture(ImportWeights(tensors, info->weights).backbone);
    if (guess.empty()) continue;
    found = "weights of " + guess;
    break;
  }
  throw Error(ErrorCode::kData,
              {where, found,
               "weights of " + wanted.name + " with the key `" + wanted.weights.probe +
                   "`, bare or behind base., backbone. or model.",
               "Export the backbone with the names of " + wanted.source + "."});
}

ImportedWeights Import(const Model& model, const Tensors& tensors, const std::string& file) {
  const BackboneInfo& info = *ChooseBackbone(model.spec().backbone).info;
  ImportedWeights imported = ImportWeights(tensors, info.weights);
  if (imported.backbone.empty()) ThrowOtherFamily(tensors, info, file);
  return imported;
}

}  // namespace

StateDifferences LoadBackbone(Model& model, const std::string& weights_file, PartialLoad partial) {
  const Tensors backbone = Import(model, ReadWeights(weights_file), weights_file).backbone;
  return ImportState(model, FitDomains(backbone, ModelSpec(), model), weights_file,
                     {"pool.", "embedding.", "neck.", "head."}, partial);
}

StateDifferences LoadTrained(Model& model, const Tensors& tensors, const std::string& weights_file,
                             PartialLoad partial, std::string& family) {
  ImportedWeights imported = Import(model, tensors, weights_file);
  family = imported.family;
  Tensors all = std::move(imported.backbone);
  all.merge(imported.others);
  std::vector<std::string> ignore = {"head."};  // of their classes
  // A bare backbone has no neck, and its pooling no parameter.
  if (family == kBareFamily) {
    const WeightNames names = ChooseBackbone(model.spec().backbone).info->weights;
    ignore.insert(ignore.end(), names.beside.begin(), names.beside.end());
  }
  return ImportState(model, all, weights_file, ignore, partial);
}

}  // namespace bcr
