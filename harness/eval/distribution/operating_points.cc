#include "harness/eval/distribution/operating_points.h"

#include <algorithm>
#include <cmath>

#include "harness/core/error.h"
#include "harness/eval/distribution/score_bins.h"

namespace bcr {
namespace {

constexpr double kFewest = 10;  // pairs or queries beyond a threshold that is worth a line

// By bin, from 1 at place 0: what lies in it or above. One further 0 behind the last.
std::vector<uint64_t> FromAbove(const std::vector<uint64_t>& counts) {
  std::vector<uint64_t> sums(counts.size(), 0);
  for (size_t bin = counts.size() - 1; bin >= 1; --bin) sums[bin - 1] = sums[bin] + counts[bin];
  return sums;
}

double Share(uint64_t part, uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

// The least place at which no more than `most` lie above.
size_t LeastWith(const std::vector<uint64_t>& above, double most) {
  size_t place = above.size() - 1;
  while (place > 0 && static_cast<double>(above[place - 1]) <= most) --place;
  return place + 1;
}

}  // namespace

bool HasBothKinds(const ScoreDistribution& distribution) {
  const auto any = [](const std::vector<uint64_t>& counts) {
    return std::any_of(counts.begin(), counts.end(), [](uint64_t count) { return count > 0; });
  };
  return any(distribution.genuine) && any(distribution.impostor);
}

OperatingPoints::OperatingPoints(const ScoreDistribution& distribution)
    : genuine_(FromAbove(distribution.genuine)), impostor_(FromAbove(distribution.impostor)) {
  BCR_CHECK(genuine() > 0 && impostors() > 0, "no pair of one kind");
  std::vector<uint64_t> alarms(distribution.genuine.size()), identified(alarms.size());
  queries_ = distribution.nearest_other.size();
  for (size_t q = 0; q < queries_; ++q) {
    const float match = distribution.nearest_match[q], other = distribution.nearest_other[q];
    if (!std::isinf(other)) ++alarms[BinOf(distribution.distance, other)];
    if (std::isinf(match)) continue;
    ++mated_;
    if (match > other) ++identified[BinOf(distribution.distance, match)];
  }
  alarms_ = FromAbove(alarms);
  identified_ = FromAbove(identified);
}

PairRates OperatingPoints::PairsAt(size_t bin) const {
  return {Share(impostor_[bin - 1], impostors()), 1 - Share(genuine_[bin - 1], genuine())};
}

SearchRates OperatingPoints::SearchesAt(size_t bin) const {
  return {Share(alarms_[bin - 1], queries_), Share(identified_[bin - 1], mated_)};
}

size_t OperatingPoints::BinForFalseAccepts(double rate) const {
  return LeastWith(impostor_, rate * static_cast<double>(impostors()));
}

size_t OperatingPoints::BinForFalseAlarms(double rate) const {
  return LeastWith(alarms_, rate * static_cast<double>(queries_));
}

size_t OperatingPoints::BinOfEqualErrors() const {
  size_t best = 1;
  double least = 2;
  for (size_t bin = 1; bin <= genuine_.size(); ++bin) {
    const PairRates rates = PairsAt(bin);
    const double apart = std::fabs(rates.false_accepts - rates.false_rejects);
    if (apart < least) {
      least = apart;
      best = bin;
    }
  }
  return best;
}

bool OperatingPoints::CanTellFalseAccepts(double rate) const {
  return rate * static_cast<double>(impostors()) >= kFewest;
}

bool OperatingPoints::CanTellFalseAlarms(double rate) const {
  return rate * static_cast<double>(queries_) >= kFewest;
}

}  // namespace bcr
