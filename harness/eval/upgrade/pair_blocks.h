#pragma once

#include <cstddef>
#include <cstdint>

#include "harness/eval/product/aligned_floats.h"

namespace bcr {

class BlockSource;

// Two score matrices of one shape, streamed side by side in bands of whole gallery rows, together
// at most block_mb MiB (one row of each at least). The blocks may be written to.
class PairBlocks {
 public:
  // Throws kData where the shapes differ. The sources must outlive it. No band has more than
  // `most_queries`.
  PairBlocks(BlockSource& first, BlockSource& second, int block_mb, int threads,
             size_t most_queries = SIZE_MAX);

  // Fills the next band; false after the last. Throws kData for a score that is not finite.
  bool Next();
  size_t begin() const { return begin_; }  // queries of the band
  size_t end() const { return end_; }
  size_t gallery() const { return gallery_; }
  float* first(size_t query) { return first_block_.data() + (query - begin_) * gallery_; }
  float* second(size_t query) { return second_block_.data() + (query - begin_) * gallery_; }

 private:
  void CheckFinite(const float* block) const;

  BlockSource& first_;
  BlockSource& second_;
  const size_t queries_, gallery_, band_;
  const int threads_;
  AlignedFloats first_block_, second_block_;
  size_t begin_ = 0, end_ = 0;
};

}  // namespace bcr
