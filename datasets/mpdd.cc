#include "datasets/folder_names.h"
#include "datasets/market_layout.h"
#include "datasets/option.h"
#include "datasets/published.h"

namespace bcr {
namespace {

constexpr int kRevision = 1;

constexpr SplitFolder kFolders[] = {{Split::kTrain, "train"},
                                    {Split::kTrain, "val"},
                                    {Split::kQuery, "query"},
                                    {Split::kGallery, "gallery"}};
constexpr SplitFolder kWithoutVal[] = {kFolders[0], kFolders[2], kFolders[3]};
// The folders that are read where the validation images train: those of the archive.
constexpr MarketNames kAll = {ParseMpddName,
                              "95_c3s2_5.jpg",
                              "dog, camera, sequence, frame",
                              /*special_identities=*/false,  // 0 is a dog
                              /*cameras=*/0,
                              CameraNumbers::kAny,
                              kFolders,
                              /*depth=*/3};

std::unique_ptr<Dataset> Open(const DataRef& ref, const OpenContext&) {
  const bool with_val = ChoiceOf(ref, "train", {"trainval", "train"}) == "trainval";
  MarketNames names = kAll;
  if (!with_val) names.folders = kWithoutVal;
  const PublishedCounts published = LoadPublished(with_val ? "mpdd" : "mpdd-train");
  return OpenMarketLayout(ref, "mpdd", kRevision, ref.path, &published, names);
}

}  // namespace

const DatasetInfo& dataset_mpdd() {
  static const DatasetInfo info = {
      .name = "mpdd",
      .revision = kRevision,
      .about = "MPDD, 191 dogs (He et al., ICASSP 2023; CC BY 4.0: anyone may download it)",
      .example = "mpdd:/data/MPDD",
      .options = {{"train",
                   "trainval or train: the images of val/ train too (default, as published results "
                   "have it), or those of train/ alone"}},
      .needs_path = true,
      .open = Open,
  };
  return info;
}

}  // namespace bcr
