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
constexpr uint64_t kSplitCount = 10;
// People 1 to 200 are in both cameras; of the higher numbers, one number is one person in each
// camera: two people.
constexpr std::string_view kLastShared = "0200";

// The people of both cameras.
std::set<std::string> SharedPeople(const std::string& base, const std::vector<ListedImage>& a,
                                   const std::vector<ListedImage>& b) {
  std::set<std::string> in_a, in_b;
  for (const ListedImage& image : a) {
    if (image.record.identity <= kLastShared) in_a.insert(image.record.identity);
  }
  for (const ListedImage& image : b) {
    if (image.record.identity <= kLastShared) in_b.insert(image.record.identity);
  }
  for (const std::set<std::string>* one : {&in_a, &in_b}) {
    const std::set<std::string>& other = one == &in_a ? in_b : in_a;
    for (const std::string& identity : *one) {
      if (other.contains(identity)) continue;
      throw Error(
          ErrorCode::kData,
          {base, fmt::format("person_{}.png in cam_{} alone", identity, one == &in_a ? "a" : "b"),
           "people 0001 to 0200 in both cameras", "Unpack the archive again"});
    }
  }
  return in_a;
}

std::unique_ptr<Dataset> Open(const DataRef& ref, const OpenContext& context) {
  const uint64_t split = NumberOf(ref, "split", 0, 0, kSplitCount - 1);
  const uint64_t seed = SeedOf(ref);
  const std::string base = FindBase(ref.path, {{"single_shot/cam_a/", "single_shot/cam_b/"},
                                               "single_shot/cam_a/ and single_shot/cam_b/, each "
                                               "holding images such as person_0001.png"});
  Listing listing;
  const auto list = [&](const std::string& camera) {
    const std::string name = "single_shot/cam_" + camera;
    return ListOneEach(JoinPath(base, name), name + "/", camera, ParsePridName, "person_0001.png",
                       listing.report);
  };
  std::vector<ListedImage> a = list("a"), b = list("b");
  const std::set<std::string> people = SharedPeople(base, a, b);
  const std::set<std::string> training = DrawIdentities(
      people, people.size() / 2, DeriveSeed(DeriveSeed(seed, "prid2011.train"), split));
  for (ListedImage& image : a) {
    if (!people.contains(image.record.identity)) continue;  // camera a's own people take no part
    listing.of(training.contains(image.record.identity) ? Split::kTrain : Split::kQuery)
        .push_back(std::move(image));
  }
  for (ListedImage& image : b) {
    const bool shared = people.contains(image.record.identity);
    if (!shared) ++listing.report.distractors;
    listing.of(training.contains(image.record.identity) ? Split::kTrain : Split::kGallery)
        .push_back(std::move(image));
  }
  CompareCounts(LoadPublished("prid2011"), listing);
  return MakeSplitDataset(ref, "prid2011", kRevision, std::move(listing), context);
}

}  // namespace

const DatasetInfo& dataset_prid2011() {
  static const DatasetInfo info = {
      .name = "prid2011",
      .revision = kRevision,
      .about =
          "PRID2011, single shot (Hirzer et al., SCIA 2011): a drawn half of the people trains",
      .example = "prid2011:/data/prid_2011,split=3",
      .options = {{"seed", kSeedAbout},
                  {"split", "0 to 9 (default 0): results are the mean over ten"}},
      .needs_path = true,
      .open = Open,
  };
  return info;
}

}  // namespace bcr
