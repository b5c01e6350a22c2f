#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "datasets/folder_names.h"
#include "datasets/market_layout.h"
#include "datasets/option.h"
#include "datasets/published.h"
#include "harness/core/error.h"
#include "harness/core/files.h"

namespace bcr {
namespace {

constexpr int kRevision = 1;
constexpr size_t kFewest = 4;

constexpr SplitFolder kFolders[] = {
    {Split::kTrain, "train"}, {Split::kQuery, "query"}, {Split::kGallery, "gallery"}};
constexpr MarketNames kNames = {ParseCuhkSysuName,
                                "00001_s123_0000000_0.jpg",
                                "identity, scene, box, hard or not",
                                /*special_identities=*/false,
                                /*cameras=*/0,
                                CameraNumbers::kAny,
                                kFolders,
                                /*depth=*/2};

// Leaves out training identities with fewer than four images.
void KeepFrequent(Listing& listing) {
  std::vector<ListedImage>& images = listing.of(Split::kTrain);
  std::map<std::string, size_t> counts;
  for (const ListedImage& image : images) ++counts[image.record.identity];
  std::erase_if(images, [&counts](const ListedImage& image) {
    return counts.at(image.record.identity) < kFewest;
  });
}

std::unique_ptr<Dataset> Open(const DataRef& ref, const OpenContext&) {
  const bool all = ChoiceOf(ref, "identities", {"all", "four"}) == "all";
  const PublishedCounts published = LoadPublished("cuhk-sysu");
  Listing listing = ListMarketLayout(ref.path, all ? &published : nullptr, kNames);
  if (!all) KeepFrequent(listing);
  if (listing.of(Split::kTrain).empty()) {
    throw Error(ErrorCode::kData, {ref.path, "no training identity with four images",
                                   "the crops of CUHK-SYSU", "Leave identities=four out"});
  }
  return MakeListedDataset(ref, "cuhk-sysu", kRevision, std::move(listing), ReadFile);
}

}  // namespace

const DatasetInfo& dataset_cuhk_sysu() {
  static const DatasetInfo info = {
      .name = "cuhk-sysu",
      .revision = kRevision,
      .about =
          "CUHK-SYSU cut into people (Xiao et al., CVPR 2017; cuhksysu4reid of lifelong re-ID)",
      .example = "cuhk-sysu:/data/cuhksysu4reid",
      .options = {{"identities",
                   "all or four: all training identities (default), or those with at least four "
                   "images, as lifelong re-ID trains"}},
      .needs_path = true,
      .open = Open,
  };
  return info;
}

}  // namespace bcr
