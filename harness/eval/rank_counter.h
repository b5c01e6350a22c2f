#pragma once

#include <memory>
#include <vector>

#include "harness/eval/score_stream.h"
#include "harness/eval/scorer.h"

namespace bcr {

// Exact ranks without sorting: a positive's rank is 1 + the number of admitted gallery rows ordered
// before it by (score, gallery row), summed over the cuts of the gallery.
class RankCounter : public BlockConsumer {
 public:
  // One QueryScore a query, in query row order; complete once the stream has ended.
  virtual const std::vector<QueryScore>& queries() const = 0;
};

std::unique_ptr<RankCounter> NewRankCounter(size_t queries, size_t gallery);

}  // namespace bcr
