#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "harness/eval/scorer.h"

namespace bcr {

// The gallery's rows by candidate. A candidate is an identity; under the policy market junk is
// nobody, and a distractor, of which nobody knows whom it shows, is a candidate by itself.
class CandidateGroups {
 public:
  CandidateGroups(const FeatureIndex& gallery, Policy policy);
  size_t size() const { return ends_.size(); }
  std::span<const uint32_t> Rows(size_t candidate) const;

 private:
  std::vector<uint32_t> rows_, ends_;
};

// How many candidates a mean set of K people must take from: from 1 to all but one of `pairs`, the
// pairs of a query that has a match and a candidate.
struct CandidatePairs {
  size_t queries = 0, candidates = 0;
  size_t pairs() const { return queries * candidates; }
};
CandidatePairs CountCandidatePairs(const FeatureIndex& query, const FeatureIndex& gallery,
                                   Policy policy);

// round(K x queries). Throws kUsage, naming --candidates, where that is no pair or all of them.
size_t PairsForSize(double size, const CandidatePairs& pairs);

}  // namespace bcr
