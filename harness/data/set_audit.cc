#include "harness/data/set_audit.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "harness/core/error.h"
#include "harness/core/hash.h"
#include "harness/core/parallel.h"
#include "harness/data/image_store.h"

namespace bcr {
namespace {

constexpr size_t kTwinsShown = 10;
constexpr Split kSplits[] = {Split::kTrain, Split::kQuery, Split::kGallery};

// What one image is like.
struct Look {
  std::string hash, problem;
  uint64_t bytes = 0;
  int height = 0, width = 0;
};

Look LookAt(const Dataset& data, Split split, size_t row) {
  Look look;
  try {
    const std::string bytes = data.ReadImage(split, row);
    look.bytes = bytes.size();
    look.hash = HashOf(bytes);
    const DecodedImage image = DecodeImage(bytes, data.images(split)[row].name);
    look.height = image.height;
    look.width = image.width;
  } catch (const Error& error) {
    look.problem = error.what();
  }
  return look;
}

Range RangeOf(std::vector<int> numbers) {
  if (numbers.empty()) return {};
  std::sort(numbers.begin(), numbers.end());
  return {numbers.front(), numbers[(numbers.size() - 1) / 2], numbers.back()};
}

ContentAudit::OfSplit Sum(const std::vector<Look>& looks) {
  ContentAudit::OfSplit sum;
  std::vector<int> heights, widths;
  for (const Look& look : looks) {
    sum.bytes += look.bytes;
    if (look.height == 0) continue;
    heights.push_back(look.height);
    widths.push_back(look.width);
  }
  sum.decoded = heights.size();
  sum.height = RangeOf(std::move(heights));
  sum.width = RangeOf(std::move(widths));
  return sum;
}

void FindTwins(const Dataset& data, const std::vector<Look> (&looks)[3], ContentAudit& audit) {
  struct Place {
    Split split;
    std::string_view name;
  };
  std::unordered_map<std::string_view, std::vector<Place>> seen;
  for (const Split split : kSplits) {
    const int s = static_cast<int>(split);
    for (size_t row = 0; row < looks[s].size(); ++row) {
      if (looks[s][row].hash.empty()) continue;
      const Place here = {split, data.images(split)[row].name};
      std::vector<Place>& places = seen[looks[s][row].hash];
      const auto twin = std::find_if(places.begin(), places.end(), [&here](const Place& other) {
        const bool both_tests = other.split == Split::kQuery && here.split == Split::kGallery;
        return other.split != here.split && !(both_tests && other.name == here.name);
      });
      if (twin != places.end()) {
        ++audit.twins;
        if (audit.shown_twins.size() < kTwinsShown)
          audit.shown_twins.emplace_back(twin->name, here.name);
      }
      places.push_back(here);
    }
  }
}

}  // namespace

std::map<size_t, size_t> CamerasAnIdentity(const std::vector<ImageRecord>& images) {
  std::unordered_map<std::string_view, std::set<std::string_view>> cameras;
  for (const ImageRecord& image : images) cameras[image.identity].insert(image.camera);
  std::map<size_t, size_t> counts;
  for (const auto& [identity, seen] : cameras) ++counts[seen.size()];
  return counts;
}

size_t SharedIdentities(const Dataset& data) {
  std::unordered_set<std::string_view> trained, shared;
  for (const ImageRecord& image : data.images(Split::kTrain)) trained.insert(image.identity);
  for (const Split split : {Split::kQuery, Split::kGallery}) {
    for (const ImageRecord& image : data.images(split)) {
      if (trained.contains(image.identity)) shared.insert(image.identity);
    }
  }
  return shared.size();
}

ContentAudit AuditContents(const Dataset& data, int threads) {
  ContentAudit audit;
  std::vector<Look> looks[3];
  for (const Split split : kSplits) {
    std::vector<Look>& of_split = looks[static_cast<int>(split)];
    of_split.resize(data.images(split).size());
    ParallelFor(of_split.size(), threads,
                [&](size_t row) { of_split[row] = LookAt(data, split, row); });
    for (const Look& look : of_split) {
      if (!look.problem.empty()) audit.problems.push_back(look.problem);
    }
    audit.splits[static_cast<int>(split)] = Sum(of_split);
  }
  FindTwins(data, looks, audit);
  return audit;
}

}  // namespace bcr
