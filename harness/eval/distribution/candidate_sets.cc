#include "harness/eval/distribution/candidate_sets.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>

#include "harness/eval/block_source.h"
#include "harness/eval/distribution/candidate_groups.h"
#include "harness/eval/relevance.h"
#include "harness/eval/score_stream.h"

namespace bcr {
namespace {

constexpr float kNone = -std::numeric_limits<float>::infinity();
constexpr size_t kBuffer = 1 << 16;  // scores of a thread before it takes them to the others

// The score of every candidate of a query: that of its nearest row. -infinity: not admitted.
float NearestOf(const ScoreRow& row, std::span<const uint32_t> candidate) {
  float nearest = kNone;
  for (const uint32_t g : candidate) nearest = std::max(nearest, row.scores[g]);
  return nearest;
}

// Keeps the `count` greatest scores.
class GreatestScores : public BlockConsumer {
 public:
  GreatestScores(const CandidateGroups& groups, size_t count) : groups_(groups), count_(count) {}

  void Consume(const ScoreRow& row) override {
    if (row.positives.empty()) return;
    Buffer buffer = Borrow();
    for (size_t c = 0; c < groups_.size(); ++c) {
      const float nearest = NearestOf(row, groups_.Rows(c));
      if (nearest > buffer.floor) buffer.scores.push_back(nearest);
    }
    std::lock_guard lock(mutex_);
    if (buffer.scores.size() >= kBuffer) Empty(buffer.scores);
    idle_.push_back(std::move(buffer.scores));
  }

  // Descending; complete once the stream has ended.
  std::vector<float> Take() {
    std::lock_guard lock(mutex_);
    for (std::vector<float>& scores : idle_) Empty(scores);
    if (scores_.size() > count_) Cut();
    std::sort(scores_.begin(), scores_.end(), std::greater<>());
    return std::move(scores_);
  }

 private:
  struct Buffer {
    std::vector<float> scores;
    float floor = kNone;  // what a score must exceed to be among the greatest
  };

  Buffer Borrow() {
    std::lock_guard lock(mutex_);
    Buffer buffer{{}, floor_};
    if (!idle_.empty()) {
      buffer.scores = std::move(idle_.back());
      idle_.pop_back();
    }
    return buffer;
  }

  void Empty(std::vector<float>& scores) {
    for (const float score : scores) {
      if (score <= floor_) continue;
      scores_.push_back(score);
      if (scores_.size() >= 2 * count_) Cut();
    }
    scores.clear();
  }

  void Cut() {
    const auto last = scores_.begin() + static_cast<ptrdiff_t>(count_) - 1;
    std::nth_element(scores_.begin(), last, scores_.end(), std::greater<>());
    floor_ = *last;
    scores_.resize(count_);
  }

  const CandidateGroups& groups_;
  const size_t count_;
  std::mutex mutex_;
  std::vector<std::vector<float>> idle_;
  std::vector<float> scores_;
  float floor_ = kNone;
};

class SetCounter : public BlockConsumer {
 public:
  SetCounter(const CandidateGroups& groups, size_t queries, const std::vector<double>& thresholds)
      : groups_(groups), thresholds_(thresholds), sets_(thresholds.size()) {
    for (CandidateSets& sets : sets_) sets.sizes.assign(queries, 0);
    nearest_match_.assign(queries, kNone);
  }

  void Consume(const ScoreRow& row) override {
    if (row.positives.empty()) return;
    nearest_match_[row.query] = row.positives.front().score;
    for (size_t c = 0; c < groups_.size(); ++c) {
      const double nearest = static_cast<double>(NearestOf(row, groups_.Rows(c)));
      for (size_t t = 0; t < thresholds_.size(); ++t) {
        if (nearest >= thresholds_[t]) ++sets_[t].sizes[row.query];
      }
    }
    std::lock_guard lock(mutex_);
    for (size_t t = 0; t < thresholds_.size(); ++t) {
      sets_[t].matches += row.positives.size();
      sets_[t].accepted += Accepted(row.positives, thresholds_[t]);
    }
  }

  std::vector<CandidateSets> Take() {
    for (size_t t = 0; t < thresholds_.size(); ++t) {
      for (const float score : nearest_match_)
        sets_[t].hit.push_back(static_cast<double>(score) >= thresholds_[t]);
    }
    return std::move(sets_);
  }

 private:
  static uint64_t Accepted(std::span<const Positive> positives, double threshold) {
    return static_cast<uint64_t>(
        std::count_if(positives.begin(), positives.end(), [threshold](const Positive& positive) {
          return static_cast<double>(positive.score) >= threshold;
        }));
  }

  const CandidateGroups& groups_;
  const std::vector<double>& thresholds_;
  std::mutex mutex_;
  std::vector<float> nearest_match_;
  std::vector<CandidateSets> sets_;
};

// Whole rows: a candidate's images lie anywhere in the gallery.
void Stream(BlockSource& source, const FeatureIndex& query, const FeatureIndex& gallery,
            const ScoringOptions& options, BlockConsumer& consumer) {
  const Relevance relevance(query, gallery, options.policy);
  relevance.RequireMatch();
  const StreamShape shape = WholeRowShape(std::min(relevance.queries(), source.query_band()),
                                          relevance.gallery(), options.block_mb);
  BlockConsumer* const consumers[] = {&consumer};
  StreamScores(source, relevance, shape, options.threads, consumers, {&query, &gallery});
}

}  // namespace

std::vector<double> CandidateThresholds(BlockSource& source, const FeatureIndex& query,
                                        const FeatureIndex& gallery,
                                        const std::vector<double>& sizes,
                                        const ScoringOptions& options) {
  const CandidatePairs pairs = CountCandidatePairs(query, gallery, options.policy);
  std::vector<size_t> places;
  for (const double size : sizes) places.push_back(PairsForSize(size, pairs));
  if (places.empty()) return {};
  const CandidateGroups groups(gallery, options.policy);
  GreatestScores greatest(groups, *std::max_element(places.begin(), places.end()) + 1);
  Stream(source, query, gallery, options, greatest);
  const std::vector<float> scores = greatest.Take();
  std::vector<double> thresholds;
  for (const size_t m : places) {
    thresholds.push_back(
        0.5 * (static_cast<double>(scores.at(m - 1)) + static_cast<double>(scores.at(m))));
  }
  return thresholds;
}

std::vector<CandidateSets> CountCandidates(BlockSource& source, const FeatureIndex& query,
                                           const FeatureIndex& gallery,
                                           const std::vector<double>& thresholds,
                                           const ScoringOptions& options) {
  const CandidateGroups groups(gallery, options.policy);
  SetCounter counter(groups, query.size(), thresholds);
  Stream(source, query, gallery, options, counter);
  return counter.Take();
}

}  // namespace bcr
