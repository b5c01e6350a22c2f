#include "harness/eval/score_stream.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <numeric>

#include "harness/core/error.h"
#include "harness/core/interrupt.h"
#include "harness/core/parallel.h"
#include "harness/eval/aligned_floats.h"
#include "harness/eval/block_source.h"
#include "harness/eval/kernels.h"
#include "harness/eval/relevance.h"

namespace bcr {
namespace {

constexpr size_t kFewestQueries = 256;     // a block of fewer packs the gallery too often
constexpr size_t kCutQueries = 1024;       // queries of a block that does not span the gallery
constexpr size_t kEnoughFloats = 1 << 25;  // 128 MiB: larger blocks gain nothing
constexpr size_t kGatherQueries = 64;

size_t DivideUp(size_t a, size_t b) { return (a + b - 1) / b; }

class Streamer {
 public:
  Streamer(BlockSource& source, const Relevance& relevance, StreamShape shape, int threads,
           std::span<BlockConsumer* const> consumers)
      : source_(source),
        relevance_(relevance),
        shape_(shape),
        threads_(threads),
        consumers_(consumers),
        block_(shape.queries * shape.gallery),
        positives_(shape.queries) {}

  void Run() {
    for (size_t q = 0; q < relevance_.queries(); q += shape_.queries) {
      RunBand(q, std::min(relevance_.queries(), q + shape_.queries));
    }
  }

 private:
  void RunBand(size_t q_begin, size_t q_end) {
    const size_t gallery = relevance_.gallery();
    const bool whole_rows = shape_.gallery >= gallery;
    if (!whole_rows) GatherPositives(q_begin, q_end);
    for (size_t g = 0; g < gallery; g += shape_.gallery) {
      const size_t g_end = std::min(gallery, g + shape_.gallery);
      ThrowIfInterrupted();
      source_.Fill(q_begin, q_end, g, g_end, threads_, block_.data());
      ParallelFor(q_end - q_begin, threads_, [&](size_t i) {
        float* scores = block_.data() + i * (g_end - g);
        CheckFinite(q_begin + i, g, g_end, scores);
        if (whole_rows) ReadPositives(q_begin + i, scores, positives_[i]);
        Mask(q_begin + i, g, g_end, scores);
        for (BlockConsumer* consumer : consumers_) {
          consumer->Consume({q_begin + i, g, g_end, scores, positives_[i]});
        }
      });
    }
  }

  void CheckFinite(size_t query, size_t g_begin, size_t g_end, const float* scores) const {
    const size_t n = g_end - g_begin;
    if (BestKernels().all_finite(scores, n)) return;
    const float* bad = std::find_if(scores, scores + n, [](float s) { return !std::isfinite(s); });
    throw Error(ErrorCode::kData,
                {.where = fmt::format("score of query row {} and gallery row {}", query,
                                      g_begin + static_cast<size_t>(bad - scores)),
                 .found = fmt::format("{}", *bad),
                 .expected = "a finite number",
                 .hint = "Check the features for NaN, infinity or huge values."});
  }

  void ReadPositives(size_t query, const float* scores, std::vector<Positive>& out) const {
    std::vector<uint32_t> rows;
    relevance_.Positives(query, rows);
    out.clear();
    for (const uint32_t row : rows) out.push_back({scores[row], row});
    std::sort(out.begin(), out.end());
  }

  void Mask(size_t query, size_t g_begin, size_t g_end, float* scores) const {
    std::vector<uint32_t> dropped;
    relevance_.Dropped(query, dropped);
    const auto mask = [&](const std::vector<uint32_t>& rows) {
      for (auto row = std::lower_bound(rows.begin(), rows.end(), g_begin);
           row != rows.end() && *row < g_end; ++row) {
        scores[*row - g_begin] = -std::numeric_limits<float>::infinity();
      }
    };
    mask(dropped);
    mask(relevance_.junk());
  }

  // A count needs its thresholds first: where a block does not span the gallery, the positives are
  // scored ahead, queries of one identity together.
  void GatherPositives(size_t q_begin, size_t q_end) {
    std::vector<uint32_t> order(q_end - q_begin);
    std::iota(order.begin(), order.end(), static_cast<uint32_t>(q_begin));
    std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
      return relevance_.Group(a) < relevance_.Group(b);
    });
    std::vector<uint32_t> queries, rows, merged, mine;
    for (const uint32_t query : order) {
      relevance_.Positives(query, mine);
      merged.clear();
      std::set_union(rows.begin(), rows.end(), mine.begin(), mine.end(),
                     std::back_inserter(merged));
      const bool fits = (queries.size() + 1) * merged.size() <= shape_.queries * shape_.gallery;
      if (!queries.empty() && (queries.size() == kGatherQueries || !fits)) {
        GatherGroup(q_begin, queries, rows);
        queries.clear();
        merged = mine;
      }
      queries.push_back(query);
      rows.swap(merged);
    }
    GatherGroup(q_begin, queries, rows);
  }

  void GatherGroup(size_t q_begin, const std::vector<uint32_t>& queries,
                   const std::vector<uint32_t>& rows) {
    // The block is not in use yet. One query with more matches than it holds gets its own memory.
    const size_t n = queries.size() * rows.size();
    std::vector<float> overflow(n <= shape_.queries * shape_.gallery ? 0 : n);
    float* scores = overflow.empty() ? block_.data() : overflow.data();
    source_.FillRows(queries, rows, threads_, scores);
    std::vector<uint32_t> mine;
    for (size_t i = 0; i < queries.size(); ++i) {
      std::vector<Positive>& out = positives_[queries[i] - q_begin];
      relevance_.Positives(queries[i], mine);
      out.clear();
      for (const uint32_t row : mine) {
        const auto place = std::lower_bound(rows.begin(), rows.end(), row) - rows.begin();
        out.push_back({scores[i * rows.size() + static_cast<size_t>(place)], row});
      }
      std::sort(out.begin(), out.end());
    }
  }

  BlockSource& source_;
  const Relevance& relevance_;
  const StreamShape shape_;
  const int threads_;
  const std::span<BlockConsumer* const> consumers_;
  const AlignedFloats block_;
  std::vector<std::vector<Positive>> positives_;  // by query within the band
};

}  // namespace

StreamShape ChooseShape(size_t queries, size_t gallery, int block_mb) {
  const size_t floats = static_cast<size_t>(block_mb) * (1 << 20) / sizeof(float);
  const size_t fewest = std::min(queries, kFewestQueries);
  if (fewest * gallery > floats) {
    const size_t rows = std::min(queries, kCutQueries);
    return {rows, std::max<size_t>(1, std::min(gallery, floats / rows))};
  }
  const size_t fitting = std::max(fewest, std::min(floats, kEnoughFloats) / gallery);
  const size_t bands = DivideUp(queries, fitting);
  return {DivideUp(queries, bands), gallery};
}

void StreamScores(BlockSource& source, const Relevance& relevance, StreamShape shape, int threads,
                  std::span<BlockConsumer* const> consumers) {
  if (source.queries() != relevance.queries() || source.gallery() != relevance.gallery()) {
    throw Error(ErrorCode::kData,
                {.where = "scores and index",
                 .found = fmt::format("{} x {} scores for {} queries and {} gallery images",
                                      source.queries(), source.gallery(), relevance.queries(),
                                      relevance.gallery()),
                 .expected = "one score row a query and one column a gallery image"});
  }
  Streamer(source, relevance, shape, threads, consumers).Run();
}

}  // namespace bcr
