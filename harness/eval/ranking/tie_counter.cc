#include "harness/eval/ranking/tie_counter.h"

#include <algorithm>
#include <functional>

#include "harness/eval/ranking/tie_metrics.h"

namespace bcr {
namespace {

// Scores at which a query has matches, nearest first.
std::vector<float> Levels(std::span<const Positive> positives) {
  std::vector<float> levels;
  for (const Positive& positive : positives) {
    if (levels.empty() || positive.score != levels.back()) levels.push_back(positive.score);
  }
  return levels;
}

struct Counts {
  std::vector<uint32_t> nearer;  // by level: admitted rows above it, counted since the level before
  std::vector<uint32_t> equal;   // and at it
};

class TieCounter : public QueryScorer {
 public:
  TieCounter(size_t queries, size_t gallery, Ties ties, int max_rank)
      : gallery_(gallery), ties_(ties), max_rank_(max_rank), counts_(queries), scores_(queries) {}

  void Consume(const ScoreRow& row) override {
    const std::vector<float> levels = Levels(row.positives);
    Counts& counts = counts_[row.query];
    counts.nearer.resize(levels.size(), 0);
    counts.equal.resize(levels.size(), 0);
    for (size_t g = row.g_begin; !levels.empty() && g < row.g_end; ++g) {
      const float score = row.scores[g - row.g_begin];
      if (score < levels.back()) continue;
      const auto level =
          std::lower_bound(levels.begin(), levels.end(), score, std::greater<float>());
      ++(*level == score ? counts.equal
                         : counts.nearer)[static_cast<size_t>(level - levels.begin())];
    }
    if (row.g_end != gallery_) return;
    scores_[row.query] = ScoreTies(Groups(row.positives, levels, counts), ties_, max_rank_);
    counts = {};
  }

  const std::vector<QueryScore>& queries() const override { return scores_; }

 private:
  static std::vector<TieGroup> Groups(std::span<const Positive> positives,
                                      const std::vector<float>& levels, const Counts& counts) {
    std::vector<TieGroup> groups(levels.size());
    size_t next = 0;
    uint32_t before = 0;
    for (size_t k = 0; k < levels.size(); ++k) {
      before += counts.nearer[k];
      TieGroup& group = groups[k];
      for (; next < positives.size() && positives[next].score == levels[k]; ++next) ++group.matches;
      group.before = before;
      group.others = counts.equal[k] - group.matches;
      before += counts.equal[k];
    }
    return groups;
  }

  const size_t gallery_;
  const Ties ties_;
  const int max_rank_;
  std::vector<Counts> counts_;  // freed when complete
  std::vector<QueryScore> scores_;
};

}  // namespace

std::unique_ptr<QueryScorer> NewTieCounter(size_t queries, size_t gallery, Ties ties,
                                           int max_rank) {
  return std::make_unique<TieCounter>(queries, gallery, ties, max_rank);
}

}  // namespace bcr
