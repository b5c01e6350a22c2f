#include "harness/eval/upgrade/backfill_scores.h"

#include <algorithm>
#include <cmath>

#include "harness/core/parallel.h"
#include "harness/eval/relevance.h"
#include "harness/eval/upgrade/pair_blocks.h"

namespace bcr {
namespace {

constexpr size_t kColumnsATask = 2048;

struct Moments {
  uint64_t count = 0;
  double sum = 0, squares = 0;

  void Add(double value) {
    sum += value;
    squares += value * value;
  }
  void Add(const Moments& other) {
    count += other.count;
    sum += other.sum;
    squares += other.squares;
  }
  ScorePopulation Population() const {
    if (count == 0) return {};
    const double n = static_cast<double>(count);
    const double mean = sum / n;
    return {count, mean, std::sqrt(std::max(0.0, squares / n - mean * mean))};
  }
};

// One query's part.
struct QueryPart {
  Moments old_matches, old_others, new_matches, new_others;
  std::vector<uint32_t> matches, left_out;  // gallery rows
  std::vector<double> gains;                // of the matches
  bool valid() const { return !matches.empty(); }
};

// Overwrites the scores of everything but admitted rows of other identities by 0, so that sums over
// whole rows and columns are sums over those.
QueryPart PartOf(const Relevance& relevance, size_t query, float* old_scores, float* new_scores) {
  QueryPart part;
  relevance.Positives(query, part.matches);
  if (!part.valid()) return part;
  relevance.Dropped(query, part.left_out);
  part.left_out.insert(part.left_out.end(), relevance.junk().begin(), relevance.junk().end());
  for (const uint32_t row : part.matches) {
    part.old_matches.Add(old_scores[row]);
    part.new_matches.Add(new_scores[row]);
    part.gains.push_back(double{new_scores[row]} - double{old_scores[row]});
  }
  for (const auto* rows : {&part.matches, &part.left_out}) {
    for (const uint32_t row : *rows) old_scores[row] = new_scores[row] = 0;
  }
  const size_t gallery = relevance.gallery();
  for (size_t g = 0; g < gallery; ++g) {
    part.old_others.Add(old_scores[g]);
    part.new_others.Add(new_scores[g]);
  }
  part.old_matches.count = part.new_matches.count = part.matches.size();
  part.old_others.count = part.new_others.count =
      gallery - part.matches.size() - part.left_out.size();
  return part;
}

// Gains of gallery rows, summed over queries.
class GapSums {
 public:
  explicit GapSums(size_t gallery)
      : match_gain_(gallery), other_gain_(gallery), matches_(gallery), left_out_(gallery) {}

  void AddBand(PairBlocks& blocks, const std::vector<QueryPart>& parts, int threads) {
    for (const QueryPart& part : parts) {
      if (!part.valid()) continue;
      ++queries_;
      for (size_t i = 0; i < part.matches.size(); ++i) {
        match_gain_[part.matches[i]] += part.gains[i];
        ++matches_[part.matches[i]];
      }
      for (const uint32_t row : part.left_out) ++left_out_[row];
    }
    const size_t gallery = match_gain_.size();
    ParallelFor((gallery + kColumnsATask - 1) / kColumnsATask, threads, [&](size_t task) {
      const size_t begin = task * kColumnsATask;
      const size_t end = std::min(gallery, begin + kColumnsATask);
      for (size_t i = 0; i < parts.size(); ++i) {
        if (!parts[i].valid()) continue;
        const float* old_scores = blocks.first(blocks.begin() + i);
        const float* new_scores = blocks.second(blocks.begin() + i);
        for (size_t g = begin; g < end; ++g) {
          other_gain_[g] += double{new_scores[g]} - double{old_scores[g]};
        }
      }
    });
  }

  std::vector<double> Gaps() const {
    std::vector<double> gaps;
    for (size_t g = 0; g < match_gain_.size(); ++g) {
      const size_t others = queries_ - matches_[g] - left_out_[g];
      const double match = matches_[g] == 0 ? 0 : match_gain_[g] / static_cast<double>(matches_[g]);
      const double other = others == 0 ? 0 : other_gain_[g] / static_cast<double>(others);
      gaps.push_back(match - other);
    }
    return gaps;
  }

 private:
  size_t queries_ = 0;  // valid ones
  std::vector<double> match_gain_, other_gain_;
  std::vector<uint32_t> matches_, left_out_;
};

}  // namespace

BackfillScores MeasureScores(PairBlocks& blocks, const Relevance& relevance, int threads) {
  Moments old_matches, old_others, new_matches, new_others;
  GapSums gaps(relevance.gallery());
  while (blocks.Next()) {
    std::vector<QueryPart> parts(blocks.end() - blocks.begin());
    ParallelFor(parts.size(), threads, [&](size_t i) {
      const size_t q = blocks.begin() + i;
      parts[i] = PartOf(relevance, q, blocks.first(q), blocks.second(q));
    });
    for (const QueryPart& part : parts) {
      old_matches.Add(part.old_matches);
      old_others.Add(part.old_others);
      new_matches.Add(part.new_matches);
      new_others.Add(part.new_others);
    }
    gaps.AddBand(blocks, parts, threads);
  }
  return {old_matches.Population(), old_others.Population(), new_matches.Population(),
          new_others.Population(), gaps.Gaps()};
}

}  // namespace bcr
