#include "harness/nn/export_model.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/provenance.h"
#include "harness/core/random.h"
#include "harness/nn/foreign_model.h"
#include "harness/nn/own_network.h"
#include "harness/nn/precision.h"
#include "harness/nn/torchscript_file.h"

namespace bcr {
namespace {

constexpr double kTolerance = 1e-5;
constexpr int64_t kCompared[] = {3, 1};  // images at once

bool IsTorchScript(const ExportRequest& request) { return request.format == "torchscript"; }

void CheckRequest(const ExportRequest& request, const ModelReference& reference) {
  if (!reference.IsOwn())
    throw Error(ErrorCode::kUsage, {request.model, "a model of another program",
                                    "FOLDER or BACKBONE=FILE", "The file is exported already."});
  std::error_code failed;
  if (std::filesystem::equivalent(request.out, reference.path, failed) || FolderExists(request.out))
    throw Error(ErrorCode::kUsage, {"--out " + request.out, "the model itself, or a folder",
                                    "a new file", "Choose another name."});
  if (!IsTorchScript(request) && (request.pixels || request.side == FeatureSide::kBeforeNeck))
    throw Error(ErrorCode::kUsage,
                {"--format safetensors", "--input pixels or --side before-neck",
                 "neither: such a file holds weights, not what is done with them",
                 "Leave them out, or write TorchScript."});
}

// What the file wants to see.
ModelInput InputOf(const OwnNetwork& network, const ExportRequest& request) {
  ModelInput input = network.input;
  input.output.clear();
  if (!request.pixels) return input;
  input.scale = 1;
  input.mean = {0, 0, 0};
  input.deviation = {1, 1, 1};
  return input;
}

std::string NoteOf(const OwnNetwork& network, const ExportRequest& request) {
  const bool after = request.side == FeatureSide::kAfterNeck;
  return Json{{"made_by", "bcreid export"},
              {"model", network.facts},
              {"hash", network.hash},
              {"side", after ? "after-neck" : "before-neck"},
              {"input", ModelInputJson(InputOf(network, request))},
              {"build", BuildJson()}}
      .dump(2);
}

void Write(const OwnNetwork& network, const ExportRequest& request) {
  WriteJsonAtomic(request.out + ".json", ModelInputJson(InputOf(network, request)));
  if (IsTorchScript(request)) {
    WriteFileAtomic(request.out, TorchScriptOf(*network.model, {.side = request.side,
                                                                .input = network.input,
                                                                .pixels = request.pixels,
                                                                .note = NoteOf(network, request)}));
    return;
  }
  std::map<std::string, at::Tensor> tensors = network.model->State();
  std::erase_if(tensors, [](const auto& item) { return item.first.starts_with("head."); });
  WriteSafetensors(request.out, tensors, {{"format", "pt"}});
}

ModelReference ReferenceTo(const OwnNetwork& network, const ExportRequest& request) {
  if (IsTorchScript(request)) return {ModelReference::Kind::kTorchScript, request.out, ""};
  return {ModelReference::Kind::kWeights, request.out, network.model->spec().backbone};
}

// As the loaders give them, as far as a network can tell: values of mean 0 and deviation 1.
at::Tensor DrawnImages(int64_t count, const ModelInput& input) {
  at::Tensor images = at::empty({count, 3, input.height, input.width});
  Random random(static_cast<uint64_t>(count));
  auto* values = images.mutable_data_ptr<float>();
  for (int64_t i = 0; i < images.numel(); ++i) values[i] = static_cast<float>(random.Normal());
  return images;
}

// Of the features by the file from those by the model.
double Difference(const OwnNetwork& network, const ExportRequest& request) {
  const c10::NoGradGuard no_grad;
  const OpenedModel opened =
      OpenModel(ReferenceTo(network, request), {.trust = true, .side = request.side});
  double difference = 0;
  for (const int64_t count : kCompared) {
    const at::Tensor images = DrawnImages(count, network.input);
    at::Tensor theirs, ours;
    opened.extractor->Features(images, &theirs);
    NewModelExtractor(network.model, request.side)->Features(AsInput(images, network.input), &ours);
    const double largest = ours.abs().max().item<double>();
    difference =
        std::max(difference, (theirs - ours).abs().max().item<double>() / std::max(largest, 1e-30));
  }
  return difference;
}

double CheckedDifference(const OwnNetwork& network, const ExportRequest& request) {
  const double difference = Difference(network, request);
  if (difference <= kTolerance) return difference;
  throw Error(ErrorCode::kInternal,
              {request.out, fmt::format("features that differ by {:.1e}", difference),
               fmt::format("at most {:.0e} of the largest value", kTolerance),
               "This is a bug of bcreid; please report it."});
}

void Remove(const std::string& path) {
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
}

}  // namespace

ExportedModel ExportModel(const ExportRequest& request) {
  SetDeterministicNumerics();  // a trace holds whether convolutions may round to TF32 on a GPU
  const ModelReference reference = ParseModelReference(request.model);
  CheckRequest(request, reference);
  const OwnNetwork network = OpenOwnNetwork(reference, request.partial);
  const ModelSpec& spec = network.model->spec();
  if (!IsTorchScript(request) && (spec.embedding > 0 || spec.KnowsDomains()))
    throw Error(ErrorCode::kConfig, {request.model,
                                     spec.embedding > 0 ? "an embedding layer behind pooling"
                                                        : "parts for domains of their own",
                                     "a network that BACKBONE=FILE can name",
                                     "Say --format torchscript, which holds any network."});
  ExportedModel exported{.feature_width = network.model->feature_width(),
                         .height = spec.height,
                         .width = spec.width,
                         .notes = network.notes};
  Write(network, request);
  try {
    exported.difference = CheckedDifference(network, request);
  } catch (const Error&) {
    Remove(request.out);
    Remove(request.out + ".json");
    throw;
  }
  return exported;
}

}  // namespace bcr
