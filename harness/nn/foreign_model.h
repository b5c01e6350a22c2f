#pragma once

#include <memory>
#include <nlohmann/json.hpp>  // OpenedModel holds a Json by value
#include <string>
#include <vector>

#include "harness/core/json.h"
#include "harness/nn/embedder.h"
#include "harness/nn/extractor.h"
#include "harness/nn/weights.h"

namespace bcr {

// A trained model by where it lies, as people type it:
//   FOLDER             one of ours, model.json and weights.safetensors
//   BACKBONE=FILE      weights of another project for a backbone of ours: resnet50=market.pth
//   torchscript:FILE   a network with its weights
//   onnx:FILE          likewise
//   features:FOLDER    no network: its features of a data set's images, in train/, query/, gallery/
struct ModelReference {
  enum class Kind { kFolder, kWeights, kTorchScript, kOnnx, kFeatures };
  Kind kind = Kind::kFolder;
  std::string path;
  std::string backbone;  // kWeights: canonical

  bool IsOwn() const { return kind == Kind::kFolder || kind == Kind::kWeights; }
  std::string Text() const;
};
// Throws kUsage or kConfig.
ModelReference ParseModelReference(const std::string& text);

struct OpenModelOptions {
  bool trust = false;  // TorchScript may run
  PartialLoad partial = PartialLoad::kRefused;
  std::string device = "cpu";
  std::string precision = "fp32";              // of our own networks
  FeatureSide side = FeatureSide::kAfterNeck;  // likewise
};

struct OpenedModel {
  std::unique_ptr<Extractor> extractor;
  std::string hash;                // of the file that holds the weights
  Json facts;                      // what else decides its features: input, backbone, side
  std::vector<std::string> notes;  // for people: what was guessed, what is left out
};

// REQUIRES: not kFeatures. Throws kMissing, kData and kConfig; kUsage for TorchScript, which is
// code, without `trust`, and for ONNX where this build has no engine for it.
OpenedModel OpenModel(const ModelReference& reference, const OpenModelOptions& options);

// The parts of OpenModel, a file each, and the line of a long message that says what went wrong.
// Private to harness/nn.
std::string LastLine(const std::string& message);
OpenedModel OpenTorchScript(const ModelReference& reference, const OpenModelOptions& options);
OpenedModel OpenOnnx(const ModelReference& reference, const OpenModelOptions& options);

}  // namespace bcr
