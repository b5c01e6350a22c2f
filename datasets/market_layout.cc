#include "datasets/market_layout.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <unordered_set>
#include <utility>
#include <vector>

#include "datasets/audit.h"
#include "datasets/base_folder.h"
#include "datasets/listing.h"
#include "datasets/published.h"
#include "harness/core/error.h"
#include "harness/core/files.h"

namespace bcr {
namespace {

// "query/ and bounding_box_test/, each holding images such as 0002_c1s1_000451_03.jpg"
std::string LayoutText(const MarketNames& names) {
  std::string folders;
  for (size_t i = 0; i < names.folders.size(); ++i) {
    const char* joint = i == 0 ? "" : i + 1 == names.folders.size() ? " and " : ", ";
    folders += fmt::format("{}{}/", joint, names.folders[i].name);
  }
  return fmt::format("{}, each holding images such as {}", folders, names.example);
}

bool IsZero(std::string_view identity) {
  return identity.find_first_not_of('0') == std::string_view::npos;
}

FolderParts PartsOf(const MarketNames& names) {
  FolderParts parts;
  for (const SplitFolder& folder : names.folders)
    parts.names.push_back(std::string(folder.name) + "/");
  parts.text = LayoutText(names);
  return parts;
}

void CheckCamera(const std::string& path, const std::string& camera, const MarketNames& names) {
  const bool plain = names.numbers != CameraNumbers::kPlain || camera.front() != '0';
  const bool three =
      names.numbers != CameraNumbers::kThreeDigits || (camera.size() == 3 && camera != "000");
  if (plain && three) return;
  throw Error(
      ErrorCode::kData,
      {path, "camera c" + camera,
       fmt::format("cameras numbered from 1 {}, as in {}",
                   plain ? "in three digits" : "without zeros in front", names.example),
       "Rename the images so, or list them in a CSV file, where a camera may have any name: "
       "csv:FILE"});
}

// Where cameras may be spelled as the data likes, 1 and 01 would be two cameras without a word.
void CheckOneSpelling(const Listing& listing, const std::string& base) {
  std::map<std::string, const ListedImage*> seen;
  for (const std::vector<ListedImage>& images : listing.images) {
    for (const ListedImage& image : images) {
      const std::string& camera = image.record.camera;
      const size_t digit = std::min(camera.find_first_not_of('0'), camera.size() - 1);
      const auto [first, added] = seen.try_emplace(camera.substr(digit), &image);
      const std::string& other = first->second->record.camera;
      if (added || other == camera) continue;
      throw Error(ErrorCode::kData,
                  {base,
                   fmt::format("camera c{} in {} and c{} in {}", other, first->second->record.name,
                               camera, image.record.name),
                   "one spelling of each camera", "Rename the images of one of the two"});
    }
  }
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

// The cameras of the images that the published data does not have, as they are spelled.
std::set<std::string> OtherCameras(const Listing& listing, size_t published) {
  const std::string last = std::to_string(published);
  std::set<std::string> others;
  for (const std::vector<ListedImage>& images : listing.images) {
    for (const ListedImage& image : images) {
      const std::string number = image.record.camera;
      const std::string camera =
          number.substr(std::min(number.find_first_not_of('0'), number.size() - 1));
      const bool higher =
          camera.size() > last.size() || (camera.size() == last.size() && camera > last);
      if (higher) others.insert("c" + number);
    }
  }
  return others;
}

void Compare(const PublishedCounts& published, const MarketNames& names, Listing& listing) {
  CompareCounts(published, listing);
  if (names.cameras == 0) return;
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

Listing ListMarketLayout(const std::string& root, const PublishedCounts* published,
                         const MarketNames& names) {
  const std::string base = FindBase(root, PartsOf(names), names.depth);
  Listing listing;
  listing.report.market_identities = names.special_identities;
  for (const SplitFolder& folder : names.folders) ListSplit(base, folder, names, listing);
  if (names.numbers == CameraNumbers::kAny) CheckOneSpelling(listing, base);
  CountDistractors(names, listing);
  if (published != nullptr) Compare(*published, names, listing);
  return listing;
}

std::unique_ptr<Dataset> OpenMarketLayout(const DataRef& ref, const std::string& reader,
                                          int revision, const std::string& root,
                                          const PublishedCounts* published,
                                          const MarketNames& names) {
  return MakeListedDataset(ref, reader, revision, ListMarketLayout(root, published, names),
                           ReadFile);
}

}  // namespace bcr
