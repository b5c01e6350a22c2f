#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "harness/eval/score_stream.h"
#include "harness/eval/scorer.h"

namespace bcr {

// Keeps the first rows of every query's list while the scores stream past, equal scores by gallery
// row. Memory: `length` rows a query, whatever the size of the gallery.
class TopLister : public BlockConsumer {
 public:
  // By query, nearest first; shorter than `length` where fewer rows are admitted. Complete once the
  // stream has ended; takes them away.
  virtual std::vector<std::vector<ListedRow>> Take() = 0;
};

// REQUIRES: length >= 1.
std::unique_ptr<TopLister> NewTopLister(size_t queries, size_t length);

}  // namespace bcr
