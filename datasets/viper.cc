#include <fmt/format.h>

#include <set>
#include <utility>
#include <vector>

#include "datasets/base_folder.h"
#include "datasets/one_each_names.h"
#include "datasets/option.h"
#include "datasets/published.h"
#include "datasets/seeded_split.h"
#include "datasets/two_cameras.h"
#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/random.h"

namespace bcr {
namespace {

constexpr int kRevision = 1;
constexpr uint64_t kSplitCount = 20;  // ten halvings, each with either camera as the queries'

// Pairs are images at the same place of the two sorted folders: that is how the data set's readers
// pair them. Where the names of a pair disagree about the person, the report says so.
void PairByPlace(const std::string& base, const std::vector<ListedImage>& a,
                 std::vector<ListedImage>& b, DatasetReport& report) {
  if (a.size() != b.size()) {
    throw Error(ErrorCode::kData,
                {base, fmt::format("{} images in cam_a/ and {} in cam_b/", a.size(), b.size()),
                 "one image of each person in both", "Unpack the archive again"});
  }
  size_t disagree = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i].record.identity != b[i].record.identity) ++disagree;
    b[i].record.identity = a[i].record.identity;
  }
  if (disagree > 0)
    report.differences.push_back(fmt::format("pairs with two numbers of persons: {}", disagree));
}

std::unique_ptr<Dataset> Open(const DataRef& ref, const OpenContext& context) {
  const uint64_t split = NumberOf(ref, "split", 0, 0, kSplitCount - 1);
  const uint64_t seed = SeedOf(ref);
  const std::string base =
      FindBase(ref.path,
               {{"cam_a/", "cam_b/"}, "cam_a/ and cam_b/, each holding images such as 000_45.bmp"});
  Listing listing;
  const auto list = [&](const std::string& camera) {
    const std::string name = "cam_" + camera;
    return ListOneEach(JoinPath(base, name), name + "/", camera, ParseViperName, "000_45.bmp",
                       listing.report);
  };
  std::vector<ListedImage> a = list("a"), b = list("b");
  PairByPlace(base, a, b, listing.report);
  std::set<std::string> identities;
  for (const ListedImage& image : a) identities.insert(image.record.identity);
  const std::set<std::string> training = DrawIdentities(
      identities, identities.size() / 2, DeriveSeed(DeriveSeed(seed, "viper.train"), split / 2));
  const bool swapped = split % 2 == 1;
  for (std::vector<ListedImage>* images : {&a, &b}) {
    const bool queries = (images == &a) != swapped;
    for (ListedImage& image : *images) {
      const Split part = training.contains(image.record.identity) ? Split::kTrain
                         : queries                                ? Split::kQuery
                                                                  : Split::kGallery;
      listing.of(part).push_back(std::move(image));
    }
  }
  CompareCounts(LoadPublished("viper"), listing);
  return MakeSplitDataset(ref, "viper", kRevision, std::move(listing), context);
}

}  // namespace

const DatasetInfo& dataset_viper() {
  static const DatasetInfo info = {
      .name = "viper",
      .revision = kRevision,
      .about = "VIPeR (Gray et al., PETS 2007): a drawn half of the people trains",
      .example = "viper:/data/VIPeR,split=7",
      .options = {{"seed", kSeedAbout},
                  {"split",
                   "0 to 19 (default 0): ten halvings; odd numbers query with camera b. "
                   "Results are the mean over twenty"}},
      .needs_path = true,
      .open = Open,
  };
  return info;
}

}  // namespace bcr
