#include "harness/eval/postprocess/nearest_items.h"

#include <algorithm>
#include <numeric>

#include "harness/core/error.h"
#include "harness/core/interrupt.h"
#include "harness/core/parallel.h"
#include "harness/eval/block_source.h"
#include "harness/eval/product/aligned_floats.h"
#include "harness/eval/score_stream.h"

namespace bcr {
namespace {

// The k largest of a row into `items` and `scores`, its smallest into `least`.
void Select(const float* row, size_t n, size_t k, uint32_t* items, float* scores, float& least) {
  std::vector<uint32_t> order(n);
  std::iota(order.begin(), order.end(), 0U);
  const auto nearer = [&](uint32_t a, uint32_t b) {
    return row[a] != row[b] ? row[a] > row[b] : a < b;
  };
  const auto end = order.begin() + static_cast<ptrdiff_t>(k);
  if (k < n) std::nth_element(order.begin(), end, order.end(), nearer);
  std::sort(order.begin(), end, nearer);
  for (size_t t = 0; t < k; ++t) {
    items[t] = order[t];
    scores[t] = row[order[t]];
  }
  least = *std::min_element(row, row + n);
}

}  // namespace

NearestItems FindNearest(BlockSource& source, size_t k, float self, int block_mb, int threads) {
  const size_t n = source.gallery();
  BCR_CHECK(source.queries() == n, "items are scored against themselves");
  NearestItems nearest;
  nearest.k = std::min(k, n);
  nearest.items.resize(n * nearest.k);
  nearest.scores.resize(n * nearest.k);
  nearest.least.resize(n);
  const StreamShape shape = WholeRowShape(n, n, block_mb);
  const AlignedFloats block(shape.queries * n);
  for (size_t begin = 0; begin < n; begin += shape.queries) {
    const size_t end = std::min(n, begin + shape.queries);
    ThrowIfInterrupted();
    source.Fill(begin, end, 0, n, threads, block.data());
    ParallelFor(end - begin, threads, [&](size_t r) {
      const size_t i = begin + r;
      float* const row = block.data() + r * n;
      row[i] = self;
      Select(row, n, nearest.k, &nearest.items[i * nearest.k], &nearest.scores[i * nearest.k],
             nearest.least[i]);
    });
  }
  return nearest;
}

}  // namespace bcr
