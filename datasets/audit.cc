#include "datasets/audit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <string_view>
#include <unordered_map>

#include "harness/core/error.h"
#include "harness/core/hash.h"

namespace bcr {
namespace {

constexpr size_t kUnparsedShown = 100;
constexpr Split kSplits[] = {Split::kTrain, Split::kQuery, Split::kGallery};

struct CamerasSeen {
  std::string_view first;
  bool several = false;
};

bool EqualIgnoringCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

}  // namespace

void CountOddities(const std::vector<ImageRecord> (&images)[3], DatasetReport& report) {
  std::unordered_map<std::string_view, size_t> train;
  for (const ImageRecord& image : images[static_cast<int>(Split::kTrain)]) ++train[image.identity];
  report.single_image_identities = static_cast<size_t>(std::count_if(
      train.begin(), train.end(), [](const auto& entry) { return entry.second == 1; }));

  std::unordered_map<std::string_view, CamerasSeen> gallery;
  for (const ImageRecord& image : images[static_cast<int>(Split::kGallery)]) {
    auto [seen, added] = gallery.try_emplace(image.identity, CamerasSeen{image.camera, false});
    if (!added && seen->second.first != image.camera) seen->second.several = true;
  }
  report.queries_without_match = 0;
  for (const ImageRecord& query : images[static_cast<int>(Split::kQuery)]) {
    const auto seen = gallery.find(query.identity);
    const bool matched =
        seen != gallery.end() && (seen->second.several || seen->second.first != query.camera);
    if (!matched) ++report.queries_without_match;
  }
}

std::string HashImages(const std::string& reader, int revision,
                       const std::vector<ImageRecord> (&images)[3],
                       const std::vector<uint64_t> (&bytes)[3]) {
  Hasher hasher;
  hasher.AddText(reader).AddText(std::to_string(revision));
  for (Split split : kSplits) {
    const int s = static_cast<int>(split);
    BCR_CHECK(images[s].size() == bytes[s].size(), "one size per image");
    for (size_t row = 0; row < images[s].size(); ++row) {
      const ImageRecord& image = images[s][row];
      hasher.AddText(SplitName(split))
          .AddText(image.name)
          .AddText(image.identity)
          .AddText(image.camera);
      hasher.AddText(std::to_string(bytes[s][row]));
    }
  }
  return hasher.Hex();
}

void AddUnparsed(std::string_view name, DatasetReport& report) {
  ++report.unparsed_count;
  if (report.unparsed.size() >= kUnparsedShown) return;
  std::string shown;
  for (unsigned char byte : name) {
    if (byte >= 0x20 && byte < 0x7f) {
      shown += static_cast<char>(byte);
    } else {
      shown += fmt::format("\\x{:02x}", byte);
    }
  }
  report.unparsed.push_back(std::move(shown));
}

bool IsClutter(std::string_view base_name) {
  return base_name.starts_with('.') || EqualIgnoringCase(base_name, "Thumbs.db") ||
         EqualIgnoringCase(base_name, "desktop.ini");
}

}  // namespace bcr
