#include "datasets/duke_name.h"
#include "datasets/market_layout.h"
#include "datasets/published.h"

namespace bcr {
namespace {

constexpr int kRevision = 1;

// The 408 identities that one camera alone has seen are in the gallery without a query.
constexpr MarketNames kNames = {ParseDukeName, "0001_c2_f0046182.jpg", "identity, camera, frame",
                                /*special_identities=*/false, /*cameras=*/8};

std::unique_ptr<Dataset> Open(const DataRef& ref, const OpenContext&) {
  const PublishedCounts published = LoadPublished("dukemtmc");
  return OpenMarketLayout(ref, "dukemtmc", kRevision, ref.path, &published, kNames);
}

}  // namespace

const DatasetInfo& dataset_dukemtmc() {
  static const DatasetInfo info = {
      .name = "dukemtmc",
      .revision = kRevision,
      .about = "DukeMTMC-reID (Ristani et al., ECCV workshops 2016; Zheng et al., ICCV 2017)",
      .example = "dukemtmc:/data/DukeMTMC-reID",
      .options = {},
      .needs_path = true,
      .open = Open,
  };
  return info;
}

}  // namespace bcr
