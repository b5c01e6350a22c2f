#include "datasets/market_layout.h"
#include "datasets/name_cursor.h"
#include "datasets/published.h"

namespace bcr {
namespace {

constexpr int kRevision = 1;

// `PPPP_cC_fFFFFFFF.jpg`: identity, camera, frame, one or more digits each.
std::optional<MarketName> ParseName(std::string_view base_name) {
  NameCursor cursor(base_name);
  const std::string_view identity = cursor.Digits();
  if (identity.empty() || !cursor.Literal("_c")) return std::nullopt;
  const std::string_view camera = cursor.Digits();
  if (camera.empty() || !cursor.Literal("_f") || cursor.Digits().empty()) return std::nullopt;
  if (!IsImageExtension(cursor.rest())) return std::nullopt;
  return MarketName{std::string(identity), std::string(camera)};
}

// The 408 identities that one camera alone has seen are in the gallery without a query.
constexpr MarketNames kNames = {ParseName, "0001_c2_f0046182.jpg", "identity, camera, frame",
                                /*special_identities=*/false, /*cameras=*/8};

std::unique_ptr<Dataset> Open(const DataRef& ref, const OpenContext&) {
  const MarketCounts published = PublishedCounts("dukemtmc");
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
