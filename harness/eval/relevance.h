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
  // Throws kData where an index's columns differ in length, where either side is empty or has 2^32
  // rows or more, and where CheckQueries does.
  Relevance(const FeatureIndex& query, const FeatureIndex& gallery, Policy policy);

  size_t queries() const { return group_of_query_.size(); }
  size_t gallery() const { return gallery_cameras_.size(); }

  // Admitted matches of a query, ascending.
  void Positives(size_t query, std::vector<uint32_t>& rows) const;
  // Gallery rows left out for this query (same identity and camera under market), ascending.
  void Dropped(size_t query, std::vector<uint32_t>& rows) const;
  // Gallery rows left out for every query (junk under market), ascending.
  const std::vector<uint32_t>& junk() const { return junk_; }

  // Queries with the same value are of one identity.
  uint32_t Group(size_t query) const { return group_of_query_[query]; }

  // Throws kData where no query has a match: says why (one camera throughout?).
  void RequireMatch() const;

 private:
  [[noreturn]] void ThrowNoMatch() const;
  bool SameCamera(size_t query, uint32_t row) const {
    return query_cameras_[query] == gallery_cameras_[row];
  }

  const Policy policy_;
  std::vector<uint32_t> group_of_query_;
  std::vector<uint32_t> query_cameras_;  // cameras by number, one numbering for both sides
  std::vector<uint32_t> gallery_cameras_;
  std::vector<std::vector<uint32_t>> groups_;  // gallery rows by query identity
  std::vector<uint32_t> junk_;
  std::string only_camera_;  // of all images on both sides, where there is just one
  size_t cameras_ = 0;
};

// Throws kData where a query is junk or a distractor under market, naming the first and how many:
// nothing can match it, so it must be a mistake in the data.
void CheckQueries(const FeatureIndex& query, Policy policy);

// Under market: "-1" is junk, and any run of zeros ("0", "0000") a distractor.
bool IsJunk(const std::string& identity);
bool IsDistractor(const std::string& identity);

}  // namespace bcr
