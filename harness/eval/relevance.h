#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/eval/scorer.h"

namespace bcr {

// What each gallery row is to each query under a policy: a match (positive), left out, or neither.
// Keeps row lists by identity and nothing of size Q x G.
class Relevance {
 public:
  // Throws kData where an index's columns differ in length or either side is empty or has 2^32 rows
  // or more.
  Relevance(const FeatureIndex& query, const FeatureIndex& gallery, Policy policy);

  size_t queries() const { return group_of_query_.size(); }
  size_t gallery() const { return gallery_cameras_.size(); }

  // Admitted matches of a query, ascending. Empty for junk and distractor queries under market.
  void Positives(size_t query, std::vector<uint32_t>& rows) const;
  // Gallery rows left out for this query (same identity and camera under market), ascending.
  void Dropped(size_t query, std::vector<uint32_t>& rows) const;
  // Gallery rows left out for every query (junk under market), ascending.
  const std::vector<uint32_t>& junk() const { return junk_; }

  // Queries with the same value may share matches; queries that can have none get the last value.
  uint32_t Group(size_t query) const { return group_of_query_[query]; }

  // Throws kData: says why no query has a match.
  [[noreturn]] void ThrowNoMatch() const;

 private:
  bool SameCamera(size_t query, uint32_t row) const {
    return query_cameras_[query] == gallery_cameras_[row];
  }

  const Policy policy_;
  std::vector<uint32_t> group_of_query_;
  std::vector<uint32_t> query_cameras_;  // cameras by number, one numbering for both sides
  std::vector<uint32_t> gallery_cameras_;
  std::vector<std::vector<uint32_t>> groups_;  // gallery rows by identity; the last is empty
  std::vector<uint32_t> junk_;
};

// Under market: "-1" is junk, and any run of zeros ("0", "0000") a distractor.
bool IsJunk(const std::string& identity);
bool IsDistractor(const std::string& identity);

}  // namespace bcr
