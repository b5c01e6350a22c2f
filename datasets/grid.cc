#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "datasets/base_folder.h"
#include "datasets/csv_listing.h"
#include "datasets/option.h"
#include "datasets/published.h"
#include "harness/core/error.h"
#include "harness/core/files.h"

namespace bcr {
namespace {

constexpr int kRevision = 1;
constexpr uint64_t kSplitCount = 10;
constexpr const char* kNobody = "0000";  // who is in the gallery under it was seen once only

std::unique_ptr<Dataset> Open(const DataRef& ref, const OpenContext&) {
  const uint64_t split = NumberOf(ref, "split", 0, 0, kSplitCount - 1);
  const std::string list = fmt::format("split_{}.csv", split);
  RequireFolder(ref.path, "probe/, gallery/ and the lists that scripts/convert_mat writes");
  const std::string base =
      FileExists(JoinPath(ref.path, list)) ? ref.path : JoinPath(ref.path, "underground_reid");
  if (!FileExists(JoinPath(base, list))) {
    throw Error(ErrorCode::kMissing,
                {ref.path, "no file " + JoinPath(ref.path, list),
                 "the lists that scripts/convert_mat makes of features_and_partitions.mat",
                 fmt::format("Run ./scripts/convert_mat grid {}", ref.path)});
  }
  Listing listing = ListCsv(JoinPath(base, list));
  listing.report.market_identities = true;
  const std::vector<ListedImage>& gallery = listing.of(Split::kGallery);
  listing.report.distractors = static_cast<size_t>(
      std::count_if(gallery.begin(), gallery.end(),
                    [](const ListedImage& image) { return image.record.identity == kNobody; }));
  const PublishedCounts published = LoadPublished("grid");
  CompareCounts(published, listing);
  CompareCameras(published, listing);
  return MakeListedDataset(ref, "grid", kRevision, std::move(listing), ReadFile);
}

}  // namespace

const DatasetInfo& dataset_grid() {
  static const DatasetInfo info = {
      .name = "grid",
      .revision = kRevision,
      .about = "GRID, QMUL underground (Loy et al., CVPR 2009), in its ten published splits",
      .example = "grid:/data/underground_reid,split=3",
      .options = {{"split", "0 to 9 (default 0): results are the mean over ten"}},
      .needs_path = true,
      .open = Open,
  };
  return info;
}

}  // namespace bcr
