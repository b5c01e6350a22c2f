#include "harness/nn/foreign_model.h"

#include <ATen/ATen.h>
#include <fmt/format.h>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/hash.h"
#include "harness/nn/model_input.h"
#include "harness/nn/weight_families.h"
#include "harness/nn/weights.h"

namespace bcr {
namespace {

using Kind = ModelReference::Kind;

constexpr std::pair<const char*, Kind> kPrefixes[] = {
    {"torchscript:", Kind::kTorchScript}, {"onnx:", Kind::kOnnx}, {"features:", Kind::kFeatures}};

std::unique_ptr<Extractor> Ready(std::shared_ptr<Model> model, const OpenModelOptions& options) {
  model->SetTraining(false);
  model->MoveTo(options.device);
  model->SetPrecision(options.precision);
  return NewModelExtractor(std::move(model), options.side);
}

const char* SideText(FeatureSide side) {
  return side == FeatureSide::kAfterNeck ? "after-neck" : "before-neck";
}

OpenedModel OpenFolder(const ModelReference& reference, const OpenModelOptions& options) {
  SavedModel saved = LoadModel(reference.path);
  OpenedModel opened;
  opened.hash = saved.weights_hash;
  opened.facts = {{"backbone", saved.model->spec().backbone}, {"side", SideText(options.side)}};
  opened.extractor = Ready(std::move(saved.model), options);
  return opened;
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

OpenedModel OpenWeights(const ModelReference& reference, const OpenModelOptions& options) {
  const FoundInput found = FindModelInput(reference.path);
  ModelSpec spec;
  spec.backbone = reference.backbone;
  spec.height = found.input.height;
  spec.width = found.input.width;
  spec.pooling = "gem";
  // A trained exponent tells GeM from averages, which most projects use.
  const auto tensors = ReadWeights(reference.path);
  const bool gem = tensors.contains("pool.p") || tensors.contains("heads.pool_layer.p") ||
                   tensors.contains("gap.p");
  if (!gem) spec.pooling = "avg";
  auto model = Model::MakeBlank(spec);
  std::string family;
  const StateDifferences lost =
      LoadTrained(*model, tensors, reference.path, options.partial, family);
  OpenedModel opened;
  opened.notes = {found.told, fmt::format("{}: weights of {}, pooled by {}", reference.path, family,
                                          gem ? "GeM" : "averages")};
  if (lost.Any())
    opened.notes.push_back(reference.path +
                           " is loaded in part; without these tensors:" + lost.Lines());
  if (const std::string note = Deviation(family, reference.backbone); !note.empty())
    opened.notes.push_back(note);
  opened.hash = HashOfFile(reference.path);
  opened.facts = {{"backbone", reference.backbone},
                  {"pooling", spec.pooling},
                  {"height", spec.height},
                  {"width", spec.width},
                  {"side", SideText(options.side)}};
  opened.extractor = Ready(std::move(model), options);
  return opened;
}

}  // namespace

std::string ModelReference::Text() const {
  if (kind == Kind::kWeights) return backbone + "=" + path;
  for (const auto& [prefix, prefixed] : kPrefixes)
    if (kind == prefixed) return prefix + path;
  return path;
}

ModelReference ParseModelReference(const std::string& text) {
  ModelReference reference{Kind::kFolder, text, ""};
  for (const auto& [prefix, kind] : kPrefixes) {
    if (!text.starts_with(prefix)) continue;
    reference.kind = kind;
    reference.path = text.substr(std::string(prefix).size());
  }
  if (reference.kind == Kind::kFolder && !FolderExists(text)) {
    if (const auto named = SplitBackbonePrefix(text))
      reference = {Kind::kWeights, named->rest, named->reference};
  }
  if (reference.path.empty() || (reference.kind == Kind::kFolder && !FolderExists(text)))
    throw Error(ErrorCode::kUsage,
                {"model `" + text + "`", "no model's folder and no other reference",
                 "FOLDER, BACKBONE=FILE, torchscript:FILE, onnx:FILE or features:FOLDER",
                 "docs/weights.md has an example of each."});
  return reference;
}

OpenedModel OpenModel(const ModelReference& reference, const OpenModelOptions& options) {
  switch (reference.kind) {
    case Kind::kFolder:
      return OpenFolder(reference, options);
    case Kind::kWeights:
      return OpenWeights(reference, options);
    case Kind::kTorchScript:
      return OpenTorchScript(reference, options);
    case Kind::kOnnx:
      throw Error(ErrorCode::kUsage,
                  {reference.Text(), "an ONNX file, for which this build has no engine",
                   "a TorchScript file of the same network",
                   "In Python: torch.jit.trace(model.eval(), torch.zeros(1, 3, 256, "
                   "128)).save(\"model.pt\")"});
    case Kind::kFeatures:
      break;
  }
  BCR_CHECK(false, "features are no network");
  return {};
}

}  // namespace bcr
