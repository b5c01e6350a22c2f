#include "harness/eval/ranking/single_shot.h"

#include <algorithm>
#include <limits>
#include <string_view>
#include <unordered_map>

#include "harness/core/error.h"

namespace bcr {
namespace {

// Rows of one identity by their place among the query's matches: before[k] stand before match k and
// not before match k - 1; the last value counts those behind all matches.
using Places = std::vector<uint32_t>;

// distribution[b]: probability of b images before the match, b < max_rank. Adds one identity whose
// kept image is before it with probability p.
void Convolve(double p, std::vector<double>& distribution) {
  for (size_t b = distribution.size(); b-- > 0;) {
    const double shifted = b == 0 ? 0 : distribution[b - 1];
    distribution[b] = distribution[b] * (1 - p) + shifted * p;
  }
}

class Expectation : public SingleShot {
 public:
  Expectation(size_t queries, const FeatureIndex& gallery, Ties ties, int max_rank)
      : ties_(ties), max_rank_(static_cast<size_t>(max_rank)), hits_(queries) {
    std::unordered_map<std::string_view, uint32_t> numbers;
    for (const std::string& identity : gallery.identities) {
      identities_.push_back(
          numbers.emplace(identity, static_cast<uint32_t>(numbers.size())).first->second);
    }
    count_ = numbers.size();
  }

  void Consume(const ScoreRow& row) override {
    BCR_CHECK(row.g_begin == 0 && row.g_end == identities_.size(), "whole rows are needed");
    if (row.positives.empty()) return;
    const std::vector<Places> places = CountPlaces(row);
    std::vector<double> within(max_rank_, 0);
    for (size_t k = 0; k < row.positives.size(); ++k) {
      std::vector<double> distribution(max_rank_, 0);
      distribution[0] = 1;
      for (const Places& identity : places) {
        if (identity.empty()) continue;
        uint32_t before = 0, all = 0;
        for (size_t i = 0; i < identity.size(); ++i) {
          all += identity[i];
          if (i <= k) before += identity[i];
        }
        if (before > 0) Convolve(static_cast<double>(before) / all, distribution);
      }
      double sum = 0;
      for (size_t b = 0; b < max_rank_; ++b) within[b] += std::min(1.0, sum += distribution[b]);
    }
    for (double& hit : within) hit /= static_cast<double>(row.positives.size());
    hits_[row.query] = std::move(within);
  }

  const std::vector<std::vector<double>>& hits() const override { return hits_; }

 private:
  // The row a tied item is taken to have: where it stands among equal matches.
  uint32_t TieRow(size_t g) const {
    if (ties_ == Ties::kOptimistic) return std::numeric_limits<uint32_t>::max();
    return ties_ == Ties::kPessimistic ? 0 : static_cast<uint32_t>(g);
  }

  // By identity; empty for the query's own and for those that are all left out.
  std::vector<Places> CountPlaces(const ScoreRow& row) const {
    std::vector<Places> places(count_);
    const uint32_t own = identities_[row.positives.front().row];
    for (size_t g = 0; g < identities_.size(); ++g) {
      const uint32_t identity = identities_[g];
      if (identity == own || row.scores[g] == -std::numeric_limits<float>::infinity()) continue;
      const Positive item{row.scores[g], TieRow(g)};
      const auto place = std::lower_bound(row.positives.begin(), row.positives.end(), item);
      places[identity].resize(row.positives.size() + 1, 0);
      ++places[identity][static_cast<size_t>(place - row.positives.begin())];
    }
    return places;
  }

  const Ties ties_;
  const size_t max_rank_;
  std::vector<uint32_t> identities_;  // of gallery rows, by number
  size_t count_ = 0;
  std::vector<std::vector<double>> hits_;
};

}  // namespace

std::unique_ptr<SingleShot> NewSingleShot(size_t queries, const FeatureIndex& gallery, Ties ties,
                                          int max_rank) {
  BCR_CHECK(ties != Ties::kMean, "ties in the mean are not supported here");
  return std::make_unique<Expectation>(queries, gallery, ties, max_rank);
}

}  // namespace bcr
