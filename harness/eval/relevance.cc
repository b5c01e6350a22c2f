#include "harness/eval/relevance.h"

#include <fmt/core.h>

#include <algorithm>
#include <limits>
#include <string_view>
#include <unordered_map>

#include "harness/core/error.h"

namespace bcr {
namespace {

using Numbering = std::unordered_map<std::string_view, uint32_t>;

uint32_t NumberOf(Numbering& numbering, std::string_view name) {
  return numbering.emplace(name, static_cast<uint32_t>(numbering.size())).first->second;
}

void CheckIndex(const FeatureIndex& index, const char* side) {
  const auto refuse = [&](std::string found, std::string expected) {
    throw Error(ErrorCode::kData, {.where = fmt::format("{} index", side),
                                   .found = std::move(found),
                                   .expected = std::move(expected)});
  };
  if (index.identities.size() != index.size() || index.cameras.size() != index.size()) {
    refuse(fmt::format("{} images, {} identities, {} cameras", index.size(),
                       index.identities.size(), index.cameras.size()),
           "one identity and one camera an image");
  }
  if (index.size() == 0) refuse("no rows", "at least one image");
  if (index.size() >= std::numeric_limits<uint32_t>::max()) {
    refuse(fmt::format("{} rows", index.size()), "fewer than 2^32 - 1");
  }
}

}  // namespace

bool IsJunk(const std::string& identity) { return identity == "-1"; }

bool IsDistractor(const std::string& identity) {
  return !identity.empty() && identity.find_first_not_of('0') == std::string::npos;
}

void CheckQueries(const FeatureIndex& query, Policy policy) {
  if (policy != Policy::kMarket) return;
  size_t count = 0, first = 0;
  for (size_t q = query.size(); q-- > 0;) {
    if (!IsJunk(query.identities[q]) && !IsDistractor(query.identities[q])) continue;
    ++count;
    first = q;
  }
  if (count == 0) return;
  throw Error(
      ErrorCode::kData,
      {.where = fmt::format("query index: row {} ({})", first, query.images[first]),
       .found = fmt::format("identity {}, which means {} under the policy market ({} such {})",
                            query.identities[first],
                            IsJunk(query.identities[first]) ? "junk" : "a distractor", count,
                            count == 1 ? "query" : "queries"),
       .expected = "queries that can have a match",
       .hint = "Drop these rows, or use the policy camera or none, where -1 and 0 are people."});
}

Relevance::Relevance(const FeatureIndex& query, const FeatureIndex& gallery, Policy policy)
    : policy_(policy) {
  CheckIndex(query, "query");
  CheckIndex(gallery, "gallery");
  CheckQueries(query, policy);

  Numbering identities, cameras;
  for (size_t q = 0; q < query.size(); ++q) {
    group_of_query_.push_back(NumberOf(identities, query.identities[q]));
    query_cameras_.push_back(NumberOf(cameras, query.cameras[q]));
  }
  groups_.resize(identities.size());
  for (size_t g = 0; g < gallery.size(); ++g) {
    const uint32_t row = static_cast<uint32_t>(g);
    gallery_cameras_.push_back(NumberOf(cameras, gallery.cameras[g]));
    if (policy == Policy::kMarket && IsJunk(gallery.identities[g])) {
      junk_.push_back(row);
    } else if (const auto found = identities.find(gallery.identities[g]);
               found != identities.end()) {
      groups_[found->second].push_back(row);
    }
  }
  cameras_ = cameras.size();
  if (cameras_ == 1) only_camera_ = query.cameras.front();
}

void Relevance::Positives(size_t query, std::vector<uint32_t>& rows) const {
  rows.clear();
  for (const uint32_t row : groups_[group_of_query_[query]]) {
    if (policy_ == Policy::kNone || !SameCamera(query, row)) rows.push_back(row);
  }
}

void Relevance::Dropped(size_t query, std::vector<uint32_t>& rows) const {
  rows.clear();
  if (policy_ == Policy::kNone) return;
  for (const uint32_t row : groups_[group_of_query_[query]]) {
    if (SameCamera(query, row)) rows.push_back(row);
  }
}

void Relevance::RequireMatch() const {
  std::vector<uint32_t> rows;
  for (size_t q = 0; q < queries(); ++q) {
    Positives(q, rows);
    if (!rows.empty()) return;
  }
  ThrowNoMatch();
}

void Relevance::ThrowNoMatch() const {
  std::vector<uint32_t> rows;
  bool shared = false;
  for (size_t q = 0; q < queries() && !shared; ++q) {
    Dropped(q, rows);
    shared = !rows.empty();
  }
  std::string found = "no query identity among the gallery's";
  std::string hint = "Compare how the two index.csv files spell identities.";
  if (shared && cameras_ == 1) {
    found = fmt::format("one camera (`{}`) throughout query and gallery: it drops every match",
                        only_camera_);
    hint = "Where cameras are unknown or do not matter, score with --policy none.";
  } else if (shared) {
    found = "every match taken by the query's own camera";
    hint = "Check the camera column, or score with --policy none, which drops nothing.";
  }
  throw Error(ErrorCode::kData,
              {.where = fmt::format("scoring {} queries against {} gallery images (policy {})",
                                    queries(), gallery(), PolicyName(policy_)),
               .found = std::move(found),
               .expected = "at least one query with a match",
               .hint = std::move(hint)});
}

}  // namespace bcr
