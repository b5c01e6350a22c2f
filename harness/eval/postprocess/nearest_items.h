#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace bcr {

class BlockSource;

// The k nearest items of every item among all of them, itself included.
struct NearestItems {
  size_t k = 0;                 // capped at the number of items
  std::vector<uint32_t> items;  // [i * k + t], nearest first; equal scores by item
  std::vector<float> scores;    // likewise: similarities, larger is nearer
  std::vector<float> least;     // of each item: its smallest similarity to any
  size_t size() const { return least.size(); }
};

// `source` scores all items against themselves (rows and columns alike). An item's own score is
// taken as `self`, the largest there is (cosine 1, euclidean 0), so that rounding cannot part it
// from itself. Memory: one block of block_mb MiB and the lists. No bit depends on block_mb or
// threads.
NearestItems FindNearest(BlockSource& source, size_t k, float self, int block_mb, int threads);

}  // namespace bcr
