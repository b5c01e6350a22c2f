#include "harness/eval/upgrade/mixed_gallery.h"

#include <algorithm>
#include <limits>
#include <memory>

#include "harness/core/parallel.h"
#include "harness/eval/product/kernels.h"
#include "harness/eval/ranking/rank_counter.h"
#include "harness/eval/ranking/tie_counter.h"
#include "harness/eval/relevance.h"
#include "harness/eval/score_stream.h"
#include "harness/eval/upgrade/pair_blocks.h"

namespace bcr {
namespace {

constexpr size_t kNearest = 10;
constexpr size_t kChunk = 512;  // scores passed over together where none is among the nearest
constexpr float kLeftOut = -std::numeric_limits<float>::infinity();

FeatureIndex RowsOf(const FeatureIndex& index, size_t begin, size_t end) {
  const auto part = [&](const std::vector<std::string>& column) {
    return std::vector<std::string>(column.begin() + static_cast<ptrdiff_t>(begin),
                                    column.begin() + static_cast<ptrdiff_t>(end));
  };
  return {part(index.images), part(index.identities), part(index.cameras)};
}

// The kNearest largest scores, equal ones by row.
std::vector<Positive> NearestOf(const std::vector<float>& scores) {
  const Kernels& kernels = BestKernels();
  std::vector<Positive> nearest;
  float least = kLeftOut;
  for (size_t begin = 0; begin < scores.size(); begin += kChunk) {
    const size_t end = std::min(scores.size(), begin + kChunk);
    if (kernels.count_above(scores.data() + begin, end - begin, least) == 0) continue;
    for (size_t g = begin; g < end; ++g) {
      if (!(scores[g] > least)) continue;
      const Positive item{scores[g], static_cast<uint32_t>(g)};
      if (nearest.size() == kNearest) nearest.pop_back();
      nearest.insert(std::upper_bound(nearest.begin(), nearest.end(), item), item);
      if (nearest.size() == kNearest) least = nearest.back().score;
    }
  }
  return nearest;
}

void Mix(const Mixture& mixture, const float* old_scores, const float* new_scores,
         std::vector<float>& mixed) {
  const uint32_t* place = mixture.place->data();
  const uint32_t replaced = static_cast<uint32_t>(mixture.replaced);
  float* out = mixed.data();
  const size_t n = mixed.size();
  for (size_t g = 0; g < n; ++g) {
    const float old_score = old_scores[g];  // both are read, so that the loop needs no branch
    const float new_score = new_scores[g];
    out[g] = place[g] < replaced ? new_score : old_score;
  }
}

// One band of queries against all mixtures.
class Band {
 public:
  Band(PairBlocks& blocks, const FeatureIndex& query, const FeatureIndex& gallery,
       std::span<const Mixture> mixtures, const ScoringOptions& options)
      : blocks_(blocks),
        mixtures_(mixtures),
        relevance_(RowsOf(query, blocks.begin(), blocks.end()), gallery, options.policy),
        old_shares_(mixtures.size() * relevance_.queries()) {
    for (size_t m = 0; m < mixtures.size(); ++m) {
      scorers_.push_back(options.ties == Ties::kByRow
                             ? NewRankCounter(relevance_.queries(), relevance_.gallery())
                             : NewTieCounter(relevance_.queries(), relevance_.gallery(),
                                             options.ties, options.max_rank));
    }
  }

  void Score(int threads) {
    ParallelFor(relevance_.queries(), threads, [&](size_t i) { ScoreQuery(i); });
  }

  void Visit(const MixedVisitor& visit) const {
    for (size_t m = 0; m < mixtures_.size(); ++m) {
      for (size_t i = 0; i < relevance_.queries(); ++i) {
        visit(m, blocks_.begin() + i, {scorers_[m]->queries()[i], old_shares_[Place(m, i)]});
      }
    }
  }

 private:
  size_t Place(size_t mixture, size_t i) const { return mixture * relevance_.queries() + i; }

  void ScoreQuery(size_t i) {
    std::vector<uint32_t> matches, left_out;
    relevance_.Positives(i, matches);
    relevance_.Dropped(i, left_out);
    left_out.insert(left_out.end(), relevance_.junk().begin(), relevance_.junk().end());
    const float* old_scores = blocks_.first(blocks_.begin() + i);
    const float* new_scores = blocks_.second(blocks_.begin() + i);
    std::vector<float> mixed(relevance_.gallery());
    std::vector<Positive> positives;
    for (size_t m = 0; m < mixtures_.size(); ++m) {
      Mix(mixtures_[m], old_scores, new_scores, mixed);
      positives.clear();
      for (const uint32_t row : matches) positives.push_back({mixed[row], row});
      std::sort(positives.begin(), positives.end());
      for (const uint32_t row : left_out) mixed[row] = kLeftOut;
      scorers_[m]->Consume({i, 0, mixed.size(), mixed.data(), positives});
      if (!matches.empty()) old_shares_[Place(m, i)] = OldShare(mixtures_[m], mixed);
    }
  }

  static double OldShare(const Mixture& mixture, const std::vector<float>& mixed) {
    const std::vector<Positive> nearest = NearestOf(mixed);
    const auto old = std::count_if(nearest.begin(), nearest.end(), [&](const Positive& item) {
      return (*mixture.place)[item.row] >= mixture.replaced;
    });
    return static_cast<double>(old) / static_cast<double>(nearest.size());
  }

  PairBlocks& blocks_;
  const std::span<const Mixture> mixtures_;
  const Relevance relevance_;                          // of the band's queries
  std::vector<std::unique_ptr<QueryScorer>> scorers_;  // one a mixture
  std::vector<double> old_shares_;
};

}  // namespace

void ScoreMixtures(PairBlocks& blocks, const FeatureIndex& query, const FeatureIndex& gallery,
                   std::span<const Mixture> mixtures, const ScoringOptions& options,
                   const MixedVisitor& visit) {
  while (blocks.Next()) {
    Band band(blocks, query, gallery, mixtures, options);
    band.Score(options.threads);
    band.Visit(visit);
  }
}

}  // namespace bcr
