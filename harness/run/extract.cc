#include "harness/run/extract.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/progress.h"
#include "harness/core/provenance.h"
#include "harness/data/decode.h"
#include "harness/features/feature_set.h"
#include "harness/features/image_index.h"
#include "harness/nn/device.h"
#include "harness/nn/foreign_model.h"
#include "harness/nn/precision.h"
#include "harness/nn/threads.h"
#include "harness/plan/data_roles.h"
#include "harness/run/embedding.h"
#include "harness/run/packing.h"

namespace bcr {
namespace {

std::vector<Split> SplitsOf(const std::string& word) {
  if (word == "train") return {Split::kTrain};
  if (word == "all") return {Split::kTrain, Split::kQuery, Split::kGallery};
  return {Split::kQuery, Split::kGallery};
}

OpenedModel Open(const ExtractRequest& request) {
  const ModelReference reference = ParseModelReference(request.model);
  if (reference.kind == ModelReference::Kind::kFeatures)
    throw Error(ErrorCode::kUsage, {request.model, "features, which are extracted already",
                                    "a model", "bcreid score reads the folder as it is."});
  OpenModelOptions options;
  options.trust = request.trust;
  options.partial = request.partial ? PartialLoad::kAllowed : PartialLoad::kRefused;
  options.device = ResolveDevice(request.device);
  options.precision = request.precision;
  options.side = SideOf(request.side);
  return OpenModel(reference, options);
}

// What the rows were made of and by.
Json ProvenanceOf(const ExtractRequest& request, const OpenedModel& model, const Dataset& data,
                  Split split) {
  return {{"made_by", "bcreid extract"},
          {"model", {{"reference", request.model}, {"hash", model.hash}, {"facts", model.facts}}},
          {"data",
           {{"reference", data.ref().Text()}, {"hash", data.hash()}, {"split", SplitName(split)}}},
          {"decoder", DecoderRevision()},
          {"batch", request.batch_size},
          {"flip", request.flip},
          {"device", ResolveDevice(request.device)},
          {"precision", request.precision},
          {"threads", TorchThreads()},
          {"libtorch", TorchVersion()},
          {"build", BuildJson()},
          {"command_line", request.command_line},
          {"created", UtcNow()}};
}

}  // namespace

std::vector<std::string> ExtractSets(const ExtractRequest& request, const PlugIns& plug_ins) {
  CheckPrecision(request.precision);
  SetDeterministicNumerics();
  SetTorchThreads(request.threads > 0 ? request.threads : DefaultThreads());
  const OpenedModel model = Open(request);
  for (const std::string& note : model.notes) Say("note: " + note, request.quiet);
  const RunRequest packing = PackingOf(request);
  ArtifactStore store(request.store_folder);
  const PackedSize size{model.extractor->height(), model.extractor->width(),
                        model.extractor->resize()};
  DataRoles roles(packing, plug_ins, store, size, /*list_only=*/false);
  const Dataset& data = roles.Data(kOneRole);
  std::vector<std::string> folders;
  for (const Split split : SplitsOf(request.splits)) {
    const ImageStore& images = roles.Images(kOneRole, split);
    EmbedOptions options;
    options.batch_size = request.batch_size;
    options.flip = request.flip;
    options.domains = model.extractor->DomainsOf(data.hash());
    options.workers = LoaderWorkers(TorchThreads());
    options.quiet = request.quiet;
    options.title = fmt::format("{} of {}", SplitName(split), data.ref().Text());
    FeatureSet set;
    set.features = Embed(*model.extractor, images, options);
    set.index = IndexOf(images.images());
    folders.push_back(JoinPath(request.out_folder, SplitName(split)));
    WriteFeatureSet(folders.back(), set, ProvenanceOf(request, model, data, split));
  }
  return folders;
}

}  // namespace bcr
