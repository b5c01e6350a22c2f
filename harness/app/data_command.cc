#include "harness/app/data_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <unordered_map>
#include <vector>

#include "datasets/pedsynth/colour_baseline.h"
#include "harness/app/data_text.h"
#include "harness/app/plug_ins.h"
#include "harness/core/dataset.h"
#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/parallel.h"
#include "harness/data/export_set.h"
#include "harness/data/image_store.h"
#include "harness/data/resize.h"
#include "harness/data/set_audit.h"
#include "harness/eval/scorer.h"
#include "harness/features/image_index.h"
#include "harness/plan/data_roles.h"
#include "harness/plan/request.h"
#include "harness/store/artifact_store.h"
#include "harness/store/key_lock.h"

namespace bcr {

namespace {

std::unique_ptr<Dataset> Open(const std::string& reference, const std::string& folder) {
  const DataRef ref = ParseDataRef(reference);
  OpenContext context;
  context.generated_folder = JoinPath(folder, "generated");
  // Pictures without a path of their own are drawn into the store, which must be one.
  if (ref.path.empty()) {
    const auto store = std::make_shared<ArtifactStore>(folder);
    store->Prepare();
    context.take = [store](const std::string& name) -> std::shared_ptr<void> {
      return store->Take("generated", name);
    };
  }
  return OpenDataset(dataset_table(), ref, context);
}

std::unique_ptr<Dataset> Open(const DataFlags& flags) { return Open(flags.reference, flags.store); }

// Colour histograms as features: what a data set gives away without any training.
FeatureSet ColourFeatures(const Dataset& data, Split split) {
  const auto& images = data.images(split);
  FeatureSet set;
  set.features = FloatMatrix(images.size(), pedsynth::kColourDim);
  set.index = IndexOf(images);
  ParallelFor(images.size(), 0, [&](size_t i) {
    const DecodedImage decoded = DecodeImage(data.ReadImage(split, i), images[i].name);
    const std::vector<float> row =
        pedsynth::ColourFeature(decoded.rgb.data(), decoded.height, decoded.width);
    std::copy(row.begin(), row.end(), set.features.row(i));
  });
  return set;
}

int Baseline(const DataFlags& flags) {
  const std::unique_ptr<Dataset> data = Open(flags);
  ScoringOptions options;
  options.policy = PolicyForIdentities(options.policy, data->report().market_identities);
  const CellScores scores = ScoreCosine(ColourFeatures(*data, Split::kQuery),
                                        ColourFeatures(*data, Split::kGallery), options);
  fmt::print(
      "mAP {:.2f} % rank-1 {:.2f} % by colour histograms, {} valid queries, {} gallery images\n",
      100 * scores.map_hits, 100 * scores.cmc.front(), scores.valid_queries, scores.gallery_size);
  return kExitOk;
}

int Check(const DataFlags& flags) {
  const std::unique_ptr<Dataset> data = Open(flags);
  fmt::print("{}{}", CountsText(*data), ReportText(*data));
  if (!flags.decode) return kExitOk;
  const ContentAudit audit = AuditContents(*data, 0);
  fmt::print("{}", ContentText(audit));
  return audit.problems.empty() ? kExitOk : kExitCellFailed;
}

int Make(const DataFlags& flags) {
  const std::unique_ptr<Dataset> made = Open(flags);
  fmt::print("{}{}", CountsText(*made), ReportText(*made));
  return kExitOk;
}

// Packs the images as a run of that size would: it then finds them in the store.
int Pack(const DataFlags& flags) {
  constexpr char kRole[] = "target";
  RunRequest request;
  request.data[kRole] = ParseDataRef(flags.reference);
  request.store_folder = flags.store;
  request.on_bad_image = flags.skip_bad ? OnBadImage::kSkip : OnBadImage::kFail;
  CheckResize(flags.resize, "--resize");
  const PlugIns plug_ins = AllPlugIns();
  ArtifactStore store(flags.store);
  store.Prepare();
  DataRoles data(request, plug_ins, store, PackedSize{flags.height, flags.width, flags.resize},
                 /*list_only=*/false);
  for (const Split split : {Split::kTrain, Split::kQuery, Split::kGallery}) {
    if (data.Data(kRole).images(split).empty()) continue;
    const ImageStore& images = data.Images(kRole, split);
    fmt::print("{:8} {:7} images of {} x {} pixels, {} left out: {}\n", SplitName(split),
               images.size(), images.height(), images.width(), images.bad_images().size(),
               store.Folder("images", ArtifactStore::KeyOf(data.ImagesInputs(kRole, split))));
  }
  return kExitOk;
}

int Export(const DataFlags& flags) {
  const std::unique_ptr<Dataset> data = Open(flags);
  if (flags.layout == "market") {
    ExportMarket(*data, flags.out);
    fmt::print("read it as market-layout:{}\n", flags.out);
  } else {
    ExportCsv(*data, flags.out);
    fmt::print("read it as csv:{}\n", JoinPath(flags.out, "list.csv"));
  }
  return kExitOk;
}

}  // namespace

std::function<std::string(const std::string& image)> ImagesByName(const std::string& reference,
                                                                  const std::string& store) {
  const std::shared_ptr<const Dataset> data = Open(reference, store);
  std::unordered_map<std::string, std::pair<Split, size_t>> places;
  for (const Split split : {Split::kQuery, Split::kGallery}) {
    const auto& images = data->images(split);
    for (size_t row = 0; row < images.size(); ++row) places[images[row].name] = {split, row};
  }
  return [data, places = std::move(places)](const std::string& image) -> std::string {
    const auto found = places.find(image);
    return found == places.end() ? "" : data->ReadImage(found->second.first, found->second.second);
  };
}

int RunData(const DataFlags& flags) {
  switch (flags.action) {
    case DataFlags::Action::kMake:
      return Make(flags);
    case DataFlags::Action::kBaseline:
      return Baseline(flags);
    case DataFlags::Action::kPack:
      return Pack(flags);
    case DataFlags::Action::kExport:
      return Export(flags);
    case DataFlags::Action::kCheck:
      break;
  }
  return Check(flags);
}

}  // namespace bcr
