#include "harness/eval/ranking/rank_counter.h"

#include <algorithm>

#include "harness/eval/product/kernels.h"
#include "harness/eval/ranking/rank_metrics.h"

namespace bcr {
namespace {

constexpr size_t kChunk = 4096;       // 16 KiB of scores: read from L1 once for each positive
constexpr size_t kFewPositives = 48;  // up to here a vector compare a positive beats a search

class RankCounter : public QueryScorer {
 public:
  RankCounter(size_t queries, size_t gallery)
      : kernels_(BestKernels()), gallery_(gallery), before_(queries), scores_(queries) {}

  void Consume(const ScoreRow& row) override {
    std::vector<uint32_t>& before = before_[row.query];
    before.resize(row.positives.size(), 0);
    if (row.positives.size() <= kFewPositives) {
      Compare(row, before);
    } else {
      Search(row, before);
    }
    if (row.g_end != gallery_) return;
    for (uint32_t& rank : before) ++rank;
    scores_[row.query] = ScoreRanks(before);
    before = {};
  }

  const std::vector<QueryScore>& queries() const override { return scores_; }

 private:
  // Equal scores are ordered by row: rows above the positive's own count when equal, rows below it
  // only when greater. Cutting the chunk at its row leaves one compare an item.
  void Compare(const ScoreRow& row, std::vector<uint32_t>& before) const {
    for (size_t begin = row.g_begin; begin < row.g_end; begin += kChunk) {
      const size_t end = std::min(row.g_end, begin + kChunk);
      const float* scores = row.scores + (begin - row.g_begin);
      for (size_t k = 0; k < before.size(); ++k) {
        const Positive& positive = row.positives[k];
        const size_t cut = std::clamp<size_t>(positive.row, begin, end) - begin;
        before[k] += static_cast<uint32_t>(
            kernels_.count_at_least(scores, cut, positive.score) +
            kernels_.count_above(scores + cut, end - begin - cut, positive.score));
      }
    }
  }

  // Each item is before every positive from its place among them on: one search an item, then a
  // running sum.
  static void Search(const ScoreRow& row, std::vector<uint32_t>& before) {
    const size_t n = row.positives.size();
    const float farthest = row.positives.back().score;
    std::vector<uint32_t> places(n + 1, 0);
    for (size_t g = row.g_begin; g < row.g_end; ++g) {
      const float score = row.scores[g - row.g_begin];
      if (score < farthest) continue;
      const Positive item{score, static_cast<uint32_t>(g)};
      ++places[static_cast<size_t>(
          std::upper_bound(row.positives.begin(), row.positives.end(), item) -
          row.positives.begin())];
    }
    uint32_t sum = 0;
    for (size_t k = 0; k < n; ++k) before[k] += sum += places[k];
  }

  const Kernels& kernels_;
  const size_t gallery_;
  std::vector<std::vector<uint32_t>> before_;  // by query, then positive; freed when complete
  std::vector<QueryScore> scores_;
};

}  // namespace

std::unique_ptr<QueryScorer> NewRankCounter(size_t queries, size_t gallery) {
  return std::make_unique<RankCounter>(queries, gallery);
}

}  // namespace bcr
