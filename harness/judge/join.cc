#include "harness/judge/join.h"

#include <fmt/format.h>

#include <unordered_map>

#include "harness/core/error.h"
#include "harness/core/labels.h"

namespace bcr {
namespace {

constexpr size_t kShown = 3;  // differing rows that a message names

using Places = std::unordered_map<std::string, uint32_t>;

Places PlacesOf(const FeatureIndex& index) {
  Places places;
  places.reserve(index.size());
  for (size_t i = 0; i < index.size(); ++i) {
    places.emplace(index.images[i], static_cast<uint32_t>(i));
  }
  return places;
}

// "3 images only in --old-query: old/query/features.npy: row 4 (image `a.jpg`), ..."; "" for none.
std::string OnlyIn(const OpenSet& set, const Places& other) {
  std::string named;
  size_t count = 0;
  const FeatureIndex& index = set.table.index;
  for (size_t i = 0; i < index.size(); ++i) {
    if (other.count(index.images[i]) > 0) continue;
    if (count < kShown) named += (named.empty() ? "" : ", ") + NameOfRow(set.table, i);
    ++count;
  }
  if (count == 0) return "";
  return fmt::format("{} image{} only in {}: {}{}", count, count == 1 ? "" : "s", set.flag, named,
                     count > kShown ? ", ..." : "");
}

void RefuseMismatch(const OpenSet& reference, const OpenSet& set, const Places& places) {
  const std::string first = OnlyIn(reference, PlacesOf(set.table.index));
  const std::string second = OnlyIn(set, places);
  if (first.empty() && second.empty()) return;
  throw Error(ErrorCode::kData,
              {fmt::format("{} ({} rows) and {} ({} rows)", reference.flag,
                           reference.table.index.size(), set.flag, set.table.index.size()),
               first + (first.empty() || second.empty() ? "" : "; ") + second,
               "the same images on both sides, in any order",
               "Sets are joined by `image`: extract both from the same list of files."});
}

void RefuseOtherLabels(const OpenSet& reference, const OpenSet& set,
                       const std::vector<uint32_t>& order) {
  for (size_t i = 0; i < order.size(); ++i) {
    const FeatureIndex& index = set.table.index;
    const uint32_t row = order[i];
    const auto check = [&](const char* what, const std::string& here, const std::string& there) {
      if (here == there) return;
      const auto number = CanonicalNumber(here);
      const bool equal = number && number == CanonicalNumber(there);
      throw Error(ErrorCode::kData, {fmt::format("{} ({})", NameOfRow(set.table, row), set.flag),
                                     fmt::format("{} `{}`", what, here),
                                     fmt::format("`{}` as in {}", there, reference.flag),
                                     equal ? "--labels numeric reads equal numbers as one label."
                                           : "One image shows one person, taken by one camera."});
    };
    check("identity", index.identities[row], reference.index.identities[i]);
    check("camera", index.cameras[row], reference.index.cameras[i]);
  }
}

}  // namespace

void JoinByImage(const OpenSet& reference, OpenSet& set) {
  const Places places = PlacesOf(set.table.index);
  RefuseMismatch(reference, set, PlacesOf(reference.table.index));
  std::vector<uint32_t> order;
  order.reserve(reference.index.size());
  bool same = true;
  for (size_t i = 0; i < reference.index.size(); ++i) {
    order.push_back(places.at(reference.index.images[i]));
    same = same && order.back() == i;
  }
  RefuseOtherLabels(reference, set, order);
  if (same) return;
  set.index = reference.index;
  set.rows = NewSelectedRows(*set.table.rows, std::move(order));
  set.reordered = true;
}

}  // namespace bcr
