#pragma once

#include <memory>
#include <vector>

#include "harness/eval/score_stream.h"
#include "harness/eval/scorer.h"

namespace bcr {

// A consumer that ends in one QueryScore a query.
class QueryScorer : public BlockConsumer {
 public:
  // In query row order; complete once the stream has ended.
  virtual const std::vector<QueryScore>& queries() const = 0;
};

// Exact ranks without sorting: a positive's rank is 1 + the number of admitted gallery rows ordered
// before it by (score, gallery row), summed over the cuts of the gallery.
std::unique_ptr<QueryScorer> NewRankCounter(size_t queries, size_t gallery);

}  // namespace bcr
