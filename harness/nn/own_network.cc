#include "harness/nn/own_network.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include "harness/core/error.h"
#include "harness/core/hash.h"
#include "harness/data/resize.h"
#include "harness/nn/foreign_model.h"
#include "harness/nn/weight_families.h"

namespace bcr {
namespace {

OwnNetwork OpenFolder(const ModelReference& reference) {
  SavedModel saved = LoadModel(reference.path);
  OwnNetwork network;
  network.model = std::move(saved.model);
  network.input.height = network.model->spec().height;
  network.input.width = network.model->spec().width;
  network.input.resize = network.model->spec().resize;
  network.hash = saved.weights_hash;
  network.facts = {{"backbone", network.model->spec().backbone}};
  const ModelSpec& spec = network.model->spec();
  if (spec.KnowsDomains()) {
    network.facts["norm"] = spec.norm;
    network.facts["fusion"] = spec.fusion;
  }
  return network;
}

// What a family's networks do otherwise than ours of the same names.
std::string Deviation(const std::string& family, const std::string& backbone) {
  if (!backbone.starts_with("resnet")) return "";
  if (family == kBareFamily)
    return "ResNets here have stride 1 in their last stage, as is usual in re-identification; "
           "torchvision's and timm's own have 2, which TorchScript of the model keeps";
  if (family == "fast-reid")
    return "fast-reid's stem pools without padding, ours with it: features differ a little; "
           "TorchScript of the model gives its own";
  if (family == "BoT" && backbone.find("ibn=") == std::string::npos &&
      backbone.find("stem_relu=off") == std::string::npos)
    return "BoT's stem has no ReLU: say " + backbone + ",stem_relu=off for its features";
  return "";
}

OwnNetwork OpenWeights(const ModelReference& reference, PartialLoad partial) {
  const FoundInput found = FindModelInput(reference.path);
  ModelSpec spec;
  spec.backbone = reference.backbone;
  spec.height = found.input.height;
  spec.width = found.input.width;
  spec.resize = found.input.resize;
  spec.pooling = "gem";
  // A trained exponent tells GeM from averages, which most projects use.
  const auto tensors = ReadWeights(reference.path);
  const bool gem = tensors.contains("pool.p") || tensors.contains("heads.pool_layer.p") ||
                   tensors.contains("gap.p");
  if (!gem) spec.pooling = "avg";
  OwnNetwork network;
  network.model = Model::MakeBlank(spec);
  std::string family;
  const StateDifferences lost =
      LoadTrained(*network.model, tensors, reference.path, partial, family);
  network.input = found.input;
  network.notes = {found.told, fmt::format("{}: weights of {}, pooled by {}", reference.path,
                                           family, gem ? "GeM" : "averages")};
  if (lost.Any())
    network.notes.push_back(reference.path +
                            " is loaded in part; without these tensors:" + lost.Lines());
  if (const std::string note = Deviation(family, reference.backbone); !note.empty())
    network.notes.push_back(note);
  network.hash = HashOfFile(reference.path);
  network.facts = {{"backbone", reference.backbone},
                   {"pooling", spec.pooling},
                   {"height", spec.height},
                   {"width", spec.width}};
  if (spec.resize != kUsualResize) network.facts["resize"] = spec.resize;
  if (!IsUsualInput(found.input)) network.facts["input"] = ModelInputJson(found.input);
  return network;
}

}  // namespace

OwnNetwork OpenOwnNetwork(const ModelReference& reference, PartialLoad partial) {
  BCR_CHECK(reference.IsOwn(), "no network of ours");
  return reference.kind == ModelReference::Kind::kFolder ? OpenFolder(reference)
                                                         : OpenWeights(reference, partial);
}

}  // namespace bcr
