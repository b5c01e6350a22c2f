#include "datasets/market_layout.h"
#include "datasets/published.h"

namespace bcr {
namespace {

constexpr int kRevision = 1;

std::unique_ptr<Dataset> Open(const DataRef& ref, const OpenContext&) {
  const PublishedCounts published = LoadPublished("market1501");
  return OpenMarketLayout(ref, "market1501", kRevision, ref.path, &published);
}

}  // namespace

const DatasetInfo& dataset_market1501() {
  static const DatasetInfo info = {
      .name = "market1501",
      .revision = kRevision,
      .about = "Market-1501 (Zheng et al., ICCV 2015), or any folder in its layout",
      .example = "market1501:/data/Market-1501-v15.09.15",
      .options = {},
      .needs_path = true,
      .open = Open,
  };
  return info;
}

}  // namespace bcr
