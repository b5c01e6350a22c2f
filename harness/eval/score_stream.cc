#include "harness/eval/score_stream.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "harness/core/error.h"
#include "harness/core/interrupt.h"
#include "harness/core/parallel.h"
#include "harness/eval/block_source.h"
#include "harness/eval/product/aligned_floats.h"
#include "harness/eval/product/kernels.h"
#include "harness/eval/ranking/positive_scores.h"
#include "harness/eval/relevance.h"
#include "harness/features/feature_index.h"

namespace bcr {
namespace {

constexpr size_t kFewestColumns = 256;  // a narrower cut is not worth the threads it takes
constexpr size_t kEnoughFloats =
    1 << 23;  // 32 MiB: larger blocks cost more to fault in than they save
class Streamer {
 public:
  Streamer(BlockSource& source, const Relevance& relevance, StreamShape shape, int threads,
           std::span<BlockConsumer* const> consumers, const StreamNames& names)
      : source_(source),
        relevance_(relevance),
        shape_(shape),
        threads_(threads),
        consumers_(consumers),
        names_(names),
        block_(shape.queries * shape.gallery),
        positives_(shape.queries),
        dropped_(shape.queries) {}

  void Run() {
    for (size_t q = 0; q < relevance_.queries(); q += shape_.queries) {
      RunBand(q, std::min(relevance_.queries(), q + shape_.queries));
    }
  }

 private:
  void RunBand(size_t q_begin, size_t q_end) {
    const size_t gallery = relevance_.gallery();
    const bool whole_rows = shape_.gallery >= gallery;
    if (!whole_rows) {
      // The block is not in use yet.
      GatherPositives(source_, relevance_, q_begin, q_end, threads_,
                      {block_.data(), shape_.queries * shape_.gallery}, positives_);
    }
    for (size_t g = 0; g < gallery; g += shape_.gallery) {
      const size_t g_end = std::min(gallery, g + shape_.gallery);
      ThrowIfInterrupted();
      source_.Fill(q_begin, q_end, g, g_end, threads_, block_.data());
      ParallelFor(q_end - q_begin, threads_, [&](size_t i) {
        float* scores = block_.data() + i * (g_end - g);
        if (!source_.finite()) CheckFinite(q_begin + i, g, g_end, scores);
        if (whole_rows) {
          ReadPositives(q_begin + i, scores, positives_[i]);
        } else {
          Insert(positives_[i], g, g_end, scores);
        }
        if (g == 0) relevance_.Dropped(q_begin + i, dropped_[i]);
        Mask(dropped_[i], g, g_end, scores);
        Mask(relevance_.junk(), g, g_end, scores);
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
                {.where = fmt::format(
                     "score of query row {} and gallery row {}", Named(query, names_.query),
                     Named(g_begin + static_cast<size_t>(bad - scores), names_.gallery)),
                 .found = fmt::format("{}", *bad),
                 .expected = "a finite number",
                 .hint = "Check the features for NaN, infinity or values so large that their "
                         "squares leave float32."});
  }

  static std::string Named(size_t row, const FeatureIndex* index) {
    return index == nullptr ? fmt::format("{}", row)
                            : fmt::format("{} (image `{}`)", row, index->images[row]);
  }

  void ReadPositives(size_t query, const float* scores, std::vector<Positive>& out) const {
    std::vector<uint32_t> rows;
    relevance_.Positives(query, rows);
    out.clear();
    for (const uint32_t row : rows) out.push_back({scores[row], row});
    std::sort(out.begin(), out.end());
  }

  // Scores gathered ahead stand in for those streamed, so that a match is never before itself, not
  // even where a source gives it other bits the second time (a product on a device may).
  static void Insert(const std::vector<Positive>& positives, size_t g_begin, size_t g_end,
                     float* scores) {
    for (const Positive& positive : positives) {
      if (positive.row >= g_begin && positive.row < g_end) {
        scores[positive.row - g_begin] = positive.score;
      }
    }
  }

  static void Mask(const std::vector<uint32_t>& rows, size_t g_begin, size_t g_end, float* scores) {
    for (auto row = std::lower_bound(rows.begin(), rows.end(), g_begin);
         row != rows.end() && *row < g_end; ++row) {
      scores[*row - g_begin] = -std::numeric_limits<float>::infinity();
    }
  }

  BlockSource& source_;
  const Relevance& relevance_;
  const StreamShape shape_;
  const int threads_;
  const std::span<BlockConsumer* const> consumers_;
  const StreamNames names_;
  const AlignedFloats block_;
  std::vector<std::vector<Positive>> positives_;  // by query within the band
  std::vector<std::vector<uint32_t>> dropped_;    // likewise
};

}  // namespace

StreamShape ChooseShape(size_t queries, size_t gallery, int block_mb, size_t query_band) {
  const size_t cap = static_cast<size_t>(block_mb) * (1 << 20) / sizeof(float);
  const size_t floats = std::min(cap, kEnoughFloats);
  size_t rows = std::min(queries, query_band);
  if (rows * gallery <= floats) return {rows, gallery};
  rows = std::min(rows, std::max<size_t>(1, floats / kFewestColumns));
  size_t columns = std::min(gallery, floats / rows);
  if (columns > kFewestColumns) columns -= columns % kFewestColumns;
  return {rows, columns};
}

StreamShape WholeRowShape(size_t queries, size_t gallery, int block_mb) {
  const size_t floats = static_cast<size_t>(block_mb) * (1 << 20) / sizeof(float);
  return {std::min(queries, std::max<size_t>(1, floats / gallery)), gallery};
}

void StreamScores(BlockSource& source, const Relevance& relevance, StreamShape shape, int threads,
                  std::span<BlockConsumer* const> consumers, const StreamNames& names) {
  if (source.queries() != relevance.queries() || source.gallery() != relevance.gallery()) {
    throw Error(ErrorCode::kData,
                {.where = "scores and index",
                 .found = fmt::format("{} x {} scores for {} queries and {} gallery images",
                                      source.queries(), source.gallery(), relevance.queries(),
                                      relevance.gallery()),
                 .expected = "one score row a query and one column a gallery image"});
  }
  Streamer(source, relevance, shape, threads, consumers, names).Run();
}

}  // namespace bcr
