#include "datasets/folder_names.h"
#include "datasets/market_layout.h"

namespace bcr {
namespace {

constexpr int kRevision = 1;

constexpr MarketNames kNames = {ParseLayoutName,
                                "0002_c1_000451.jpg",
                                "identity, camera, anything",
                                /*special_identities=*/true,
                                /*cameras=*/0,
                                CameraNumbers::kAny};

std::unique_ptr<Dataset> Open(const DataRef& ref, const OpenContext&) {
  return OpenMarketLayout(ref, "market-layout", kRevision, ref.path, nullptr, kNames);
}

}  // namespace

const DatasetInfo& dataset_market_layout() {
  static const DatasetInfo info = {
      .name = "market-layout",
      .revision = kRevision,
      .about =
          "your own images in Market-1501's layout: bounding_box_train, query, "
          "bounding_box_test; no counts are expected",
      .example = "market-layout:my_images",
      .options = {},
      .needs_path = true,
      .open = Open,
  };
  return info;
}

}  // namespace bcr
