#include "datasets/folder_names.h"
#include "datasets/market_layout.h"
#include "datasets/published.h"

namespace bcr {
namespace {

constexpr int kRevision = 1;

constexpr SplitFolder kFolders[] = {{Split::kTrain, "image_train"},
                                    {Split::kQuery, "image_query"},
                                    {Split::kGallery, "image_test"}};
constexpr MarketNames kNames = {ParseVeriName,
                                "0002_c002_00030600_0.jpg",
                                "vehicle, camera, frame, index",
                                /*special_identities=*/false,
                                /*cameras=*/20,
                                CameraNumbers::kThreeDigits,
                                kFolders};

std::unique_ptr<Dataset> Open(const DataRef& ref, const OpenContext&) {
  const PublishedCounts published = LoadPublished("veri");
  return OpenMarketLayout(ref, "veri", kRevision, ref.path, &published, kNames);
}

}  // namespace

const DatasetInfo& dataset_veri() {
  static const DatasetInfo info = {
      .name = "veri",
      .revision = kRevision,
      .about = "VeRi-776, vehicles (Liu et al., ECCV 2016), ranked image by image",
      .example = "veri:/data/VeRi",
      .options = {},
      .needs_path = true,
      .open = Open,
  };
  return info;
}

}  // namespace bcr
