#include "datasets/market_layout.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>
#include <system_error>
#include <unordered_set>
#include <utility>
#include <vector>

#include "datasets/audit.h"
#include "datasets/listing.h"
#include "harness/core/error.h"
#include "harness/core/files.h"

namespace bcr {
namespace {

struct SplitFolder {
  Split split;
  const char* name;
};
constexpr SplitFolder kFolders[] = {{Split::kTrain, "bounding_box_train"},
                                    {Split::kQuery, "query"},
                                    {Split::kGallery, "bounding_box_test"}};

std::string LayoutText(const MarketNames& names) {
  return fmt::format(
      "bounding_box_train/, query/ and bounding_box_test/, each holding images such as {}",
      names.example);
}

bool IsZero(std::string_view identity) {
  return identity.find_first_not_of('0') == std::string_view::npos;
}

size_t FoldersPresent(const std::string& base) {
  return static_cast<size_t>(std::count_if(
      std::begin(kFolders), std::end(kFolders),
      [&base](const SplitFolder& f) { return FolderExists(JoinPath(base, f.name)); }));
}

std::vector<std::string> SubFolders(const std::string& root) {
  std::vector<std::string> names;
  std::error_code error;
  std::filesystem::directory_iterator entries(root, error);
  for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error)) {
    std::error_code ignored;
    if (entries->is_directory(ignored)) names.push_back(entries->path().filename().string());
  }
  if (error) {
    throw Error(ErrorCode::kIo,
                {root, error.message(), "a readable folder", "Check the folder's permissions"});
  }
  std::sort(names.begin(), names.end());
  return names;
}

// The folder that holds the three: `root` itself, or its one complete sub-folder.
std::string FindBase(const std::string& root, const MarketNames& names) {
  if (!FolderExists(root)) {
    throw Error(ErrorCode::kMissing, {root, FileExists(root) ? "a file" : "no such folder",
                                      "a folder with " + LayoutText(names),
                                      "Give the folder into which the archive was unpacked"});
  }
  std::string nearest = root;
  size_t most = FoldersPresent(root);
  if (most == 3) return root;
  std::vector<std::string> complete;
  for (const std::string& name : SubFolders(root)) {
    const std::string base = JoinPath(root, name);
    const size_t present = FoldersPresent(base);
    if (present == 3) complete.push_back(base);
    if (present > most) {
      most = present;
      nearest = base;
    }
  }
  if (complete.size() == 1) return complete[0];
  if (complete.size() > 1) {
    throw Error(ErrorCode::kUsage,
                {root, fmt::format("{} datasets ({}, ...)", complete.size(), complete[0]),
                 "one dataset", fmt::format("Name one of them, e.g. {}", complete[0])});
  }
  std::string missing;
  for (const SplitFolder& folder : kFolders) {
    if (FolderExists(JoinPath(nearest, folder.name))) continue;
    missing += (missing.empty() ? "" : ", ") + JoinPath(nearest, folder.name);
  }
  throw Error(ErrorCode::kMissing,
              {root, "no folder " + missing, LayoutText(names),
               "Unpack the archive again, or give the folder that holds these three"});
}

void CheckCamera(const std::string& path, const std::string& camera, const MarketNames& names) {
  if (camera.front() != '0') return;
  throw Error(
      ErrorCode::kData,
      {path, "camera c" + camera,
       fmt::format("cameras numbered from 1 without zeros in front, as in {}", names.example),
       "Rename the images so, or list them in a CSV file, where a camera may have any name: "
       "csv:FILE"});
}

void ListSplit(const std::string& base, const SplitFolder& folder, const MarketNames& names,
               Listing& listing) {
  const std::string path = JoinPath(base, folder.name);
  std::vector<ListedImage>& images = listing.of(folder.split);
  for (const std::string& file : ListFiles(path)) {
    if (IsClutter(file)) continue;
    const std::string name = std::string(folder.name) + "/" + file;
    std::optional<MarketName> parsed = names.parse(file);
    if (!parsed) {
      AddUnparsed(name, listing.report);
    } else if (names.special_identities && parsed->identity == "-1") {
      ++listing.report.junk_dropped;
    } else {
      std::string source = JoinPath(path, file);
      CheckCamera(source, parsed->camera, names);
      const uint64_t bytes = FileBytes(source);
      images.push_back({{name, std::move(parsed->identity), std::move(parsed->camera)},
                        std::move(source),
                        bytes});
    }
  }
  if (!images.empty()) return;
  const std::string others =
      listing.report.unparsed_count == 0
          ? ""
          : fmt::format(" ({} names outside the grammar so far, e.g. {})",
                        listing.report.unparsed_count, listing.report.unparsed.back());
  throw Error(ErrorCode::kData,
              {path, "no usable image" + others,
               fmt::format("images named like {} ({})", names.example, names.parts),
               "Unpack the archive again, or rename the images"});
}

// Where identity 0 means "distractor", it does so in the gallery only; a query of identity 0 makes
// it an ordinary identity.
void CountDistractors(const MarketNames& names, Listing& listing) {
  std::unordered_set<std::string_view> queries;
  for (const ListedImage& image : listing.of(Split::kQuery)) queries.insert(image.record.identity);
  for (const ListedImage& image : listing.of(Split::kGallery)) {
    const std::string& identity = image.record.identity;
    if ((IsZero(identity) || !names.special_identities) && !queries.contains(identity))
      ++listing.report.distractors;
  }
}

size_t CountIdentities(const std::vector<ListedImage>& images) {
  std::unordered_set<std::string_view> identities;
  for (const ListedImage& image : images) identities.insert(image.record.identity);
  return identities.size();
}

// The cameras of the images that the published data does not have, as they are spelled.
std::set<std::string> OtherCameras(const Listing& listing, size_t published) {
  const std::string last = std::to_string(published);
  std::set<std::string> others;
  for (const SplitFolder& folder : kFolders) {
    for (const ListedImage& image : listing.of(folder.split)) {
      const std::string& camera = image.record.camera;
      const bool higher =
          camera.size() > last.size() || (camera.size() == last.size() && camera > last);
      if (higher) others.insert("c" + camera);
    }
  }
  return others;
}

void Compare(const MarketCounts& published, const MarketNames& names, Listing& listing) {
  const auto& train = listing.of(Split::kTrain);
  const auto& query = listing.of(Split::kQuery);
  const auto& gallery = listing.of(Split::kGallery);
  const auto check = [&listing](const char* what, size_t found, size_t expected) {
    if (found == expected) return;
    listing.report.differences.push_back(
        fmt::format("{}: {} found, {} published", what, found, expected));
  };
  check("training identities", CountIdentities(train), published.train_identities);
  check("training images", train.size(), published.train_images);
  check("query identities", CountIdentities(query), published.query_identities);
  check("query images", query.size(), published.query_images);
  check("gallery images without junk", gallery.size(), published.gallery_images);
  if (published.gallery_identities > 0)
    check("gallery identities", CountIdentities(gallery), published.gallery_identities);
  const std::set<std::string> cameras = OtherCameras(listing, names.cameras);
  if (cameras.empty()) return;
  listing.report.differences.push_back(fmt::format("cameras: {} found, c1 to c{} published",
                                                   fmt::join(cameras, ", "), names.cameras));
}

}  // namespace

const MarketNames& Market1501Names() {
  static const MarketNames names = {ParseMarketName, "0002_c1s1_000451_03.jpg",
                                    "identity, camera, sequence, frame, box",
                                    /*special_identities=*/true, /*cameras=*/6};
  return names;
}

std::unique_ptr<Dataset> OpenMarketLayout(const DataRef& ref, const std::string& reader,
                                          int revision, const std::string& root,
                                          const MarketCounts* published, const MarketNames& names) {
  const std::string base = FindBase(root, names);
  Listing listing;
  listing.report.market_identities = names.special_identities;
  for (const SplitFolder& folder : kFolders) ListSplit(base, folder, names, listing);
  CountDistractors(names, listing);
  if (published != nullptr) Compare(*published, names, listing);
  return MakeListedDataset(ref, reader, revision, std::move(listing), ReadFile);
}

}  // namespace bcr
