#include "harness/app/data_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <unordered_map>
#include <vector>

#include "datasets/pedsynth/colour_baseline.h"
#include "harness/app/plug_ins.h"
#include "harness/core/dataset.h"
#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/parallel.h"
#include "harness/data/image_store.h"
#include "harness/eval/scorer.h"
#include "harness/features/image_index.h"
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

void PrintCounts(const Dataset& data) {
  for (const Split split : {Split::kTrain, Split::kQuery, Split::kGallery}) {
    const SplitSize size = SizeOf(data.images(split));
    fmt::print("{:8} {:7} images {:6} identities {:4} cameras\n", SplitName(split), size.images,
               size.identities, size.cameras);
  }
}

void PrintReport(const Dataset& data) {
  const DatasetReport& report = data.report();
  fmt::print(
      "junk dropped {}, distractors {}, single-image identities {}, queries without match {}, "
      "unparsed names {}\n",
      report.junk_dropped, report.distractors, report.single_image_identities,
      report.queries_without_match, report.unparsed_count);
  for (const std::string& name : report.unparsed) fmt::print("outside the grammar: {}\n", name);
  for (const std::string& difference : report.differences) fmt::print("differs: {}\n", difference);
  fmt::print("reader {} revision {}, hash {}\n", data.reader(), data.revision(), data.hash());
}

// Decodes every image; returns how many are bad, each named.
size_t DecodeAll(const Dataset& data) {
  size_t bad = 0;
  for (const Split split : {Split::kTrain, Split::kQuery, Split::kGallery}) {
    const auto& images = data.images(split);
    std::vector<std::string> problems(images.size());
    ParallelFor(images.size(), 0, [&](size_t i) {
      try {
        DecodeImage(data.ReadImage(split, i), images[i].name);
      } catch (const Error& error) {
        problems[i] = error.what();
      }
    });
    for (const std::string& problem : problems) {
      if (problem.empty()) continue;
      fmt::print("bad image: {}\n", problem);
      ++bad;
    }
  }
  return bad;
}

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
  PrintCounts(*data);
  PrintReport(*data);
  if (!flags.decode) return kExitOk;
  const size_t bad = DecodeAll(*data);
  fmt::print("{} unreadable images\n", bad);
  return bad == 0 ? kExitOk : kExitCellFailed;
}

int Make(const DataFlags& flags) {
  const std::unique_ptr<Dataset> made = Open(flags);
  PrintCounts(*made);
  PrintReport(*made);
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
    case DataFlags::Action::kCheck:
      break;
  }
  return Check(flags);
}

}  // namespace bcr
