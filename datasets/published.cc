#include "datasets/published.h"

#include <fmt/format.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <unordered_set>

#include "datasets/listing.h"
#include "harness/core/embedded.h"
#include "harness/core/error.h"
#include "harness/core/json.h"

namespace bcr {
namespace embedded {
const std::vector<EmbeddedFile>& dataset_stats();
}
namespace {

constexpr Split kSplits[] = {Split::kTrain, Split::kQuery, Split::kGallery};

PublishedCounts Read(const EmbeddedFile& file, const std::string& where) {
  const Json json = ParseJson(file.text, where);
  JsonReader reader(json, where);
  const auto count = [&reader](const std::string& key) -> std::optional<size_t> {
    if (!reader.Has(key)) return std::nullopt;
    return static_cast<size_t>(reader.Integer(key, 1, std::numeric_limits<int64_t>::max()));
  };
  PublishedCounts counts;
  for (const Split split : kSplits) {
    const std::string name = SplitName(split);
    counts.splits[static_cast<int>(split)] = {count(name + "_images"), count(name + "_identities")};
  }
  counts.cameras = count("cameras");
  counts.source = reader.Text("source");
  reader.Finish();
  return counts;
}

size_t CountIdentities(const std::vector<ListedImage>& images) {
  std::unordered_set<std::string_view> identities;
  for (const ListedImage& image : images) identities.insert(image.record.identity);
  return identities.size();
}

const char* Adjective(Split split) {
  return split == Split::kTrain ? "training" : SplitName(split);
}

}  // namespace

PublishedCounts LoadPublished(const std::string& name) {
  for (const EmbeddedFile& file : embedded::dataset_stats()) {
    if (file.name == name) return Read(file, "datasets/stats/" + name + ".json");
  }
  BCR_CHECK(false, "no datasets/stats file named " + name);
  return {};
}

void CompareCounts(const PublishedCounts& published, Listing& listing) {
  DatasetReport& report = listing.report;
  report.published = published;
  const auto check = [&report](const std::string& what, size_t found,
                               const std::optional<size_t>& expected) {
    if (!expected || found == *expected) return;
    report.differences.push_back(fmt::format("{}: {} found, {} published", what, found, *expected));
  };
  for (const Split split : kSplits) {
    const std::vector<ListedImage>& images = listing.of(split);
    const PublishedCounts::Of& expected = published.of(split);
    const std::string name = Adjective(split);
    const bool junk = split == Split::kGallery && report.market_identities;
    check(name + " identities", CountIdentities(images), expected.identities);
    check(name + " images" + (junk ? " without junk" : ""), images.size(), expected.images);
  }
}

void CompareCameras(const PublishedCounts& published, Listing& listing) {
  std::unordered_set<std::string_view> cameras;
  for (const Split split : kSplits) {
    for (const ListedImage& image : listing.of(split)) cameras.insert(image.record.camera);
  }
  if (!published.cameras || cameras.size() <= *published.cameras) return;
  listing.report.differences.push_back(
      fmt::format("cameras: {} found, {} published", cameras.size(), *published.cameras));
}

}  // namespace bcr
