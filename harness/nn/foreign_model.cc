#include "harness/nn/foreign_model.h"

#include <ATen/ATen.h>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/nn/model_input.h"
#include "harness/nn/own_network.h"

namespace bcr {
namespace {

using Kind = ModelReference::Kind;

constexpr std::pair<const char*, Kind> kPrefixes[] = {
    {"torchscript:", Kind::kTorchScript}, {"onnx:", Kind::kOnnx}, {"features:", Kind::kFeatures}};

const char* SideText(FeatureSide side) {
  return side == FeatureSide::kAfterNeck ? "after-neck" : "before-neck";
}

// A network that sees images as the file beside its weights says.
class InputExtractor : public Extractor {
 public:
  InputExtractor(std::unique_ptr<Extractor> network, const ModelInput& input)
      : network_(std::move(network)), input_(input) {}
  int height() const override { return network_->height(); }
  int width() const override { return network_->width(); }
  const std::string& resize() const override { return network_->resize(); }
  int feature_width() const override { return network_->feature_width(); }
  void Features(const at::Tensor& images, at::Tensor* features) override {
    network_->Features(AsInput(images, input_), features);
  }

 private:
  std::unique_ptr<Extractor> network_;
  ModelInput input_;
};

OpenedModel OpenOwn(const ModelReference& reference, const OpenModelOptions& options) {
  OwnNetwork network = OpenOwnNetwork(reference, options.partial);
  network.model->SetTraining(false);
  network.model->MoveTo(options.device);
  network.model->SetPrecision(options.precision);
  OpenedModel opened;
  opened.extractor = NewModelExtractor(std::move(network.model), options.side);
  if (!IsUsualInput(network.input))
    opened.extractor = std::make_unique<InputExtractor>(std::move(opened.extractor), network.input);
  opened.hash = network.hash;
  opened.facts = network.facts;
  opened.facts["side"] = SideText(options.side);
  opened.notes = network.notes;
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

std::string LastLine(const std::string& message) {
  const size_t end = message.find_last_not_of(" \n");
  const std::string text = message.substr(0, end == std::string::npos ? 0 : end + 1);
  const size_t line = text.rfind('\n');
  return text.substr(line == std::string::npos ? 0 : line + 1);
}

OpenedModel OpenModel(const ModelReference& reference, const OpenModelOptions& options) {
  switch (reference.kind) {
    case Kind::kFolder:
    case Kind::kWeights:
      return OpenOwn(reference, options);
    case Kind::kTorchScript:
      return OpenTorchScript(reference, options);
    case Kind::kOnnx:
      return OpenOnnx(reference, options);
    case Kind::kFeatures:
      break;
  }
  BCR_CHECK(false, "features are no network");
  return {};
}

}  // namespace bcr
