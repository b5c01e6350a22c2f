#include "harness/eval/distribution/score_distribution.h"

#include <algorithm>
#include <limits>
#include <mutex>

#include "harness/eval/distribution/score_bins.h"

namespace bcr {
namespace {

constexpr float kNone = -std::numeric_limits<float>::infinity();
constexpr uint64_t kFull = 1u << 31;  // counts in 32 bits are emptied before they can overflow

// Bins of one thread at a time.
struct Tally {
  std::vector<uint32_t> others;
  uint64_t counted = 0;
};

template <typename Bins>
class Counter : public DistributionCounter {
 public:
  Counter(size_t queries, Distance distance) {
    sums_.distance = distance;
    sums_.genuine.assign(Bins::kCount, 0);
    sums_.impostor.assign(Bins::kCount, 0);
    sums_.nearest_match.assign(queries, kNone);
    sums_.nearest_other.assign(queries, kNone);
  }

  void Consume(const ScoreRow& row) override {
    std::unique_ptr<Tally> tally = Borrow();
    CountOthers(row, *tally);
    tally->counted += row.g_end - row.g_begin;
    std::lock_guard lock(mutex_);
    if (row.g_begin == 0) CountMatches(row);
    if (tally->counted >= kFull) Empty(*tally);
    idle_.push_back(std::move(tally));
  }

  ScoreDistribution Take() override {
    std::lock_guard lock(mutex_);
    for (const auto& tally : idle_) Empty(*tally);
    sums_.impostor[0] = 0;
    return std::move(sums_);
  }

 private:
  std::unique_ptr<Tally> Borrow() {
    {
      std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        std::unique_ptr<Tally> tally = std::move(idle_.back());
        idle_.pop_back();
        return tally;
      }
    }
    auto tally = std::make_unique<Tally>();
    tally->others.assign(Bins::kCount, 0);
    return tally;
  }

  // The rows between one match and the next.
  void CountOthers(const ScoreRow& row, Tally& tally) {
    std::vector<size_t> matches;
    for (const Positive& positive : row.positives) {
      if (positive.row >= row.g_begin && positive.row < row.g_end) matches.push_back(positive.row);
    }
    std::sort(matches.begin(), matches.end());
    matches.push_back(row.g_end);
    float nearest = sums_.nearest_other[row.query];
    uint32_t* others = tally.others.data();
    size_t begin = row.g_begin;
    for (const size_t end : matches) {
      for (size_t g = begin; g < end; ++g) {
        const float score = row.scores[g - row.g_begin];
        ++others[Bins::Of(score)];
        nearest = score > nearest ? score : nearest;
      }
      begin = end + 1;
    }
    sums_.nearest_other[row.query] = nearest;  // no other thread has this query
  }

  void CountMatches(const ScoreRow& row) {
    for (const Positive& positive : row.positives) ++sums_.genuine[Bins::Of(positive.score)];
    if (!row.positives.empty()) sums_.nearest_match[row.query] = row.positives.front().score;
  }

  void Empty(Tally& tally) {
    for (size_t bin = 0; bin < Bins::kCount; ++bin) sums_.impostor[bin] += tally.others[bin];
    std::fill(tally.others.begin(), tally.others.end(), 0);
    tally.counted = 0;
  }

  std::mutex mutex_;
  std::vector<std::unique_ptr<Tally>> idle_;
  ScoreDistribution sums_;
};

}  // namespace

std::unique_ptr<DistributionCounter> NewDistributionCounter(size_t queries, Distance distance) {
  if (distance == Distance::kCosine)
    return std::make_unique<Counter<CosineBins>>(queries, distance);
  return std::make_unique<Counter<SquareBins>>(queries, distance);
}

}  // namespace bcr
