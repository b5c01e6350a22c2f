#include <algorithm>
#include <vector>

#include "harness/core/interrupt.h"
#include "harness/core/parallel.h"
#include "harness/eval/block_source.h"
#include "harness/eval/product/aligned_floats.h"
#include "harness/eval/score_stream.h"
#include "harness/features/row_source.h"
#include "harness/search/approximate.h"

namespace bcr {
namespace {

constexpr size_t kMebibyte = size_t{1} << 20;

// The k nearest of one query, over the whole gallery; `heap` keeps the farthest of them in front.
void Select(const float* scores, size_t gallery, size_t k, int64_t* out) {
  std::vector<Positive> heap;
  heap.reserve(k);
  for (size_t g = 0; g < gallery; ++g) {
    // Rows ascend: of equal scores the earlier stays.
    if (heap.size() == k && !(scores[g] > heap.front().score)) continue;
    if (heap.size() == k) {
      std::pop_heap(heap.begin(), heap.end());
      heap.pop_back();
    }
    heap.push_back({scores[g], static_cast<uint32_t>(g)});
    std::push_heap(heap.begin(), heap.end());
  }
  std::sort_heap(heap.begin(), heap.end());
  for (size_t t = 0; t < k; ++t) out[t] = heap[t].row;
}

}  // namespace

NearestLists SearchExactly(const RowSource& query, const RowSource& gallery, int k, int block_mb,
                           int threads) {
  const auto source = NewCpuBlockSource(query, gallery, Distance::kCosine);
  const size_t depth = std::min<size_t>(static_cast<size_t>(std::max(k, 1)), gallery.rows());
  NearestLists lists;
  lists.k = static_cast<int>(depth);
  lists.rows.resize(query.rows() * depth);
  if (lists.rows.empty()) return lists;
  const size_t fitting =
      static_cast<size_t>(std::max(block_mb, 1)) * kMebibyte / (sizeof(float) * gallery.rows());
  const size_t band = std::clamp<size_t>(fitting, 1, query.rows());
  const AlignedFloats block(band * gallery.rows());
  for (size_t begin = 0; begin < query.rows(); begin += band) {
    ThrowIfInterrupted();
    const size_t end = std::min(query.rows(), begin + band);
    source->Fill(begin, end, 0, gallery.rows(), threads, block.data());
    ParallelFor(end - begin, threads, [&](size_t i) {
      Select(block.data() + i * gallery.rows(), gallery.rows(), depth,
             lists.rows.data() + (begin + i) * depth);
    });
  }
  return lists;
}

}  // namespace bcr
