#include "harness/eval/ranking/tie_metrics.h"

#include "harness/core/error.h"
#include "harness/eval/ranking/rank_metrics.h"

namespace bcr {
namespace {

// Ranks where the matches of every group come first (optimistic) or last.
std::vector<uint32_t> ExtremeRanks(const std::vector<TieGroup>& groups, bool optimistic) {
  std::vector<uint32_t> ranks;
  for (const TieGroup& group : groups) {
    const uint32_t skipped = group.before + (optimistic ? 0 : group.others);
    for (uint32_t i = 1; i <= group.matches; ++i) ranks.push_back(skipped + i);
  }
  return ranks;
}

struct ApSums {
  double hits = 0, trapezoid = 0;
};

ApSums ExpectedAp(const TieGroup& group, double matches_before) {
  ApSums sums;
  const double p = group.matches;
  const double size = p + group.others;
  for (double j = 1; j <= size; ++j) {
    const double inside = size > 1 ? (j - 1) * (p - 1) / (size - 1) : 0;
    const double rank = group.before + j;
    const double precision = (matches_before + 1 + inside) / rank;
    const double previous = rank > 1 ? (matches_before + inside) / (rank - 1) : 1;
    sums.hits += precision;
    sums.trapezoid += (previous + precision) / 2;
  }
  return {sums.hits * p / size, sums.trapezoid * p / size};
}

// E[1 / r_G], from the last group.
double ExpectedInverseLast(const TieGroup& group) {
  const double p = group.matches;
  const double size = p + group.others;
  double probability = p / size;  // of the last match at position m, from m = size down
  double sum = 0;
  for (double m = size; m >= p; --m) {
    sum += probability / (group.before + m);
    if (m > p) probability *= (m - p) / (m - 1);
  }
  return sum;
}

std::vector<double> ExpectedHits(const TieGroup& group, int max_rank) {
  std::vector<double> hits;
  const double size = double{1} * group.matches + group.others;
  double beyond = 1;
  for (uint32_t k = 1; k <= static_cast<uint32_t>(max_rank); ++k) {
    if (k > group.before && beyond > 0) {
      const double t = k - group.before - 1;
      beyond *= (group.others - t) / (size - t);
    }
    hits.push_back(1 - beyond);
  }
  return hits;
}

}  // namespace

QueryScore ScoreTies(const std::vector<TieGroup>& groups, Ties ties, int max_rank) {
  BCR_CHECK(ties != Ties::kByRow, "the order by row needs rows");
  if (ties != Ties::kMean) return ScoreRanks(ExtremeRanks(groups, ties == Ties::kOptimistic));
  QueryScore score;
  if (groups.empty()) return score;
  ApSums sums;
  for (const TieGroup& group : groups) {
    const ApSums gain = ExpectedAp(group, score.matches);
    sums.hits += gain.hits;
    sums.trapezoid += gain.trapezoid;
    score.matches += group.matches;
  }
  const TieGroup& first = groups.front();
  const TieGroup& last = groups.back();
  score.valid = true;
  score.first_rank = first.before + 1;
  score.last_rank = last.before + last.matches + last.others;
  score.ap_hits = sums.hits / score.matches;
  score.ap_trapezoid = sums.trapezoid / score.matches;
  score.inp = score.matches * ExpectedInverseLast(last);
  if (first.others > 0) score.hits = ExpectedHits(first, max_rank);
  return score;
}

}  // namespace bcr
