#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "datasets/base_folder.h"
#include "datasets/list_file.h"
#include "datasets/list_line.h"
#include "datasets/option.h"
#include "datasets/published.h"
#include "datasets/seeded_split.h"
#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/random.h"

namespace bcr {
namespace {

constexpr int kRevision = 1;
constexpr uint64_t kDraws = 10;

// "0123456 789": number of an image, vehicle. No camera is known: each image is one of its own, so
// that none is left out of a ranking for its camera.
ListRow ParseLine(std::string_view line, const std::string& folder) {
  std::optional<LabelledPath> parsed = ParseLabelledPath(line);
  if (!parsed || parsed->path.find_first_not_of("0123456789") != std::string::npos)
    return WrongLine(line);
  std::string file = parsed->path + ".jpg";
  std::string source = JoinPath(folder, file);
  return {.image = {{"image/" + file, std::move(parsed->label), std::move(parsed->path)},
                    std::move(source)}};
}

// One image of each vehicle, drawn by the seed, is the gallery; all others are queries.
void DrawGallery(std::vector<ListedImage> images, uint64_t seed, Listing& listing) {
  std::map<std::string, std::vector<size_t>> by_vehicle;
  std::sort(images.begin(), images.end(), [](const ListedImage& a, const ListedImage& b) {
    return a.record.name < b.record.name;
  });
  for (size_t i = 0; i < images.size(); ++i) by_vehicle[images[i].record.identity].push_back(i);
  std::vector<Split> splits(images.size(), Split::kQuery);
  Random random(seed);
  for (const auto& [vehicle, rows] : by_vehicle)
    splits[rows[random.Below(rows.size())]] = Split::kGallery;
  for (size_t i = 0; i < images.size(); ++i) listing.of(splits[i]).push_back(std::move(images[i]));
}

std::unique_ptr<Dataset> Open(const DataRef& ref, const OpenContext& context) {
  const std::string test = ChoiceOf(ref, "test", {"800", "1600", "2400", "13164"});
  const uint64_t draw = NumberOf(ref, "draw", 0, 0, kDraws - 1);
  const std::string list = fmt::format("train_test_split/test_list_{}.txt", test);
  const std::string base =
      FindBase(ref.path, {{"image/", "train_test_split/train_list.txt", list},
                          fmt::format("image/ and train_test_split/ with train_list.txt and "
                                      "test_list_{}.txt",
                                      test)});
  const auto read = [&](const std::string& name, Split split, Listing& listing) {
    const std::string folder = JoinPath(base, "image");
    ReadList({JoinPath(base, name), "0123456 789",
              [&folder](std::string_view line) { return ParseLine(line, folder); }},
             split, listing);
  };
  Listing listing, tested;
  read("train_test_split/train_list.txt", Split::kTrain, listing);
  read(list, Split::kGallery, tested);
  DrawGallery(std::move(tested.of(Split::kGallery)),
              DeriveSeed(DeriveSeed(SeedOf(ref), "vehicleid.gallery"), draw), listing);
  CompareCounts(LoadPublished("vehicleid-" + test), listing);
  return MakeSplitDataset(ref, "vehicleid", kRevision, std::move(listing), context);
}

}  // namespace

const DatasetInfo& dataset_vehicleid() {
  static const DatasetInfo info = {
      .name = "vehicleid",
      .revision = kRevision,
      .about = "VehicleID (Liu et al., CVPR 2016): one drawn image of each vehicle is the gallery",
      .example = "vehicleid:/data/VehicleID_V1.0,test=1600,draw=3",
      .options = {{"draw",
                   "which draw of the gallery, 0 to 9 (default 0): results are the mean over "
                   "ten"},
                  {"seed", kSeedAbout},
                  {"test", "vehicles of the test: 800 (default), 1600, 2400 or 13164"}},
      .needs_path = true,
      .open = Open,
  };
  return info;
}

}  // namespace bcr
