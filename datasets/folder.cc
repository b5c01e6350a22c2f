#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "datasets/audit.h"
#include "datasets/base_folder.h"
#include "datasets/camera_pattern.h"
#include "datasets/identity_folders.h"
#include "datasets/option.h"
#include "datasets/seeded_split.h"
#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/random.h"

namespace bcr {
namespace {

constexpr int kRevision = 1;
constexpr Split kSplits[] = {Split::kTrain, Split::kQuery, Split::kGallery};
constexpr const char* kLayout =
    "a folder for each identity, or train/, query/ and gallery/ (train/ may be missing) with a "
    "folder for each identity in them";

// Which of train/, query/ and gallery/ the folder has. Throws kData where it has them half, or other
// folders beside them: whose images these are would be a guess.
std::set<Split> SplitFolders(const std::string& root) {
  std::set<Split> splits;
  std::vector<std::string> others;
  for (const std::string& name : SubFolders(root)) {
    if (IsClutter(name)) continue;
    const Split* split = std::find_if(std::begin(kSplits), std::end(kSplits),
                                      [&name](Split s) { return name == SplitName(s); });
    if (split == std::end(kSplits)) {
      others.push_back(name);
    } else {
      splits.insert(*split);
    }
  }
  const bool tests = splits.contains(Split::kQuery) && splits.contains(Split::kGallery);
  if (splits.empty() || (tests && others.empty())) return splits;
  std::string found;
  for (const Split split : splits)
    found += fmt::format("{}{}/", found.empty() ? "" : ", ", SplitName(split));
  if (!others.empty()) found += fmt::format(" and {}/ beside", others.front());
  throw Error(ErrorCode::kData, {root, found, kLayout,
                                 others.empty() ? "Add the missing folder"
                                                : "Move what is in neither split elsewhere"});
}

Listing ListGivenSplits(const std::string& root, const std::set<Split>& splits,
                        const CameraPattern* pattern) {
  Listing listing;
  for (const Split split : splits) {
    const std::string name = SplitName(split);
    listing.of(split) =
        ListIdentityFolders(JoinPath(root, name), name + "/", pattern, listing.report);
  }
  return listing;
}

// Of each test identity one image of every camera that has several is a query, or one image of all
// where no camera has; never where one camera alone has seen it. So the gallery keeps an image of
// every camera but that of a sole query, and each query has a match there.
void ShareOutTest(std::vector<ListedImage> images, Random& random, Listing& listing) {
  std::map<std::string, std::vector<size_t>> by_camera;
  for (size_t i = 0; i < images.size(); ++i) by_camera[images[i].record.camera].push_back(i);
  std::set<size_t> queries;
  if (by_camera.size() > 1) {
    for (const auto& [camera, rows] : by_camera) {
      if (rows.size() > 1) queries.insert(rows[random.Below(rows.size())]);
    }
    if (queries.empty()) queries.insert(random.Below(images.size()));
  }
  for (size_t i = 0; i < images.size(); ++i) {
    listing.of(queries.contains(i) ? Split::kQuery : Split::kGallery)
        .push_back(std::move(images[i]));
  }
}

Listing DrawSplits(const DataRef& ref, const CameraPattern* pattern) {
  const uint64_t share = NumberOf(ref, "train", 50, 0, 100);
  const uint64_t seed = SeedOf(ref);
  Listing listing;
  std::map<std::string, std::vector<ListedImage>> people;
  for (ListedImage& image : ListIdentityFolders(ref.path, "", pattern, listing.report))
    people[image.record.identity].push_back(std::move(image));
  std::set<std::string> identities;
  for (const auto& [identity, images] : people) identities.insert(identity);
  const std::set<std::string> training =
      DrawIdentities(identities, identities.size() * share / 100, DeriveSeed(seed, "folder.train"));
  Random random(DeriveSeed(seed, "folder.query"));
  for (auto& [identity, images] : people) {
    if (!training.contains(identity)) {
      ShareOutTest(std::move(images), random, listing);
      continue;
    }
    for (ListedImage& image : images) listing.of(Split::kTrain).push_back(std::move(image));
  }
  return listing;
}

std::unique_ptr<Dataset> Open(const DataRef& ref, const OpenContext& context) {
  RequireFolder(ref.path, kLayout);
  std::optional<CameraPattern> pattern;
  if (const auto option = ref.options.find("camera"); option != ref.options.end())
    pattern.emplace(option->second, ref.Text() + ": camera");
  const std::set<Split> given = SplitFolders(ref.path);
  for (const char* key : {"train", "seed"}) {
    if (given.empty() || !ref.options.contains(key)) continue;
    throw Error(
        ErrorCode::kUsage,
        {ref.Text() + ": " + key, "a split to draw, and train/, query/ or gallery/ in the folder",
         "one of the two", "Leave the option out, or name a folder of identities"});
  }
  const CameraPattern* const cameras = pattern ? &*pattern : nullptr;
  Listing listing =
      given.empty() ? DrawSplits(ref, cameras) : ListGivenSplits(ref.path, given, cameras);
  for (const Split split : {Split::kQuery, Split::kGallery}) {
    if (!listing.of(split).empty()) continue;
    throw Error(ErrorCode::kData,
                {ref.path, fmt::format("no {} image", SplitName(split)), kLayout,
                 "A split is drawn among identities with two images or more, of two cameras where "
                 "the option camera is given; train=0 takes all for the test"});
  }
  return MakeSplitDataset(ref, "folder", kRevision, std::move(listing), context);
}

}  // namespace

const DatasetInfo& dataset_folder() {
  static const DatasetInfo info = {
      .name = "folder",
      .revision = kRevision,
      .about =
          "your own images in a folder for each identity, with or without train/, query/ and "
          "gallery/ above",
      .example = "folder:my_images,camera=*_c{camera}_*",
      .options = {{"camera",
                   "where a name says its camera, e.g. *_c{camera}_* or cam{camera}/* (default: "
                   "every image is a camera of its own)"},
                  {"seed", kSeedAbout},
                  {"train",
                   "percent of the identities that train, where the folder has no splits "
                   "(default 50)"}},
      .needs_path = true,
      .open = Open,
  };
  return info;
}

}  // namespace bcr
