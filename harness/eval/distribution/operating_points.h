#pragma once

#include <cstdint>
#include <vector>

#include "harness/eval/distribution/score_distribution.h"

namespace bcr {

// Rates of a search or a check that accepts what is at least as near as a threshold.
struct PairRates {
  double false_accepts = 0;  // FAR: share of the impostor pairs that are accepted
  double false_rejects = 0;  // FRR: share of the genuine pairs that are not; TAR = 1 - FRR
};

// Of an open set (Phillips et al., "Biometric Systems Evaluation", 2011; ISO/IEC 19795-1): every
// query is also asked as if its person were not enrolled, its matches left out of the gallery.
struct SearchRates {
  // FPIR: share of the queries whose nearest row is accepted although their person is not enrolled.
  double false_alarms = 0;
  // DIR: share of the queries with a match whose nearest row is one and is accepted.
  double identified = 0;
};

// Whether there is a genuine and an impostor pair: without both, rates of pairs mean nothing.
bool HasBothKinds(const ScoreDistribution& distribution);

// Thresholds are bins of score_bins.h: what lies in the bin or above is accepted, and the rates are
// exact counts.
class OperatingPoints {
 public:
  // Keeps the distribution's sums; `distribution` may go. REQUIRES: HasBothKinds(distribution).
  explicit OperatingPoints(const ScoreDistribution& distribution);

  uint64_t genuine() const { return genuine_.front(); }
  uint64_t impostors() const { return impostor_.front(); }

  PairRates PairsAt(size_t bin) const;
  SearchRates SearchesAt(size_t bin) const;

  // The lowest threshold with at most this FAR (or FPIR).
  size_t BinForFalseAccepts(double rate) const;
  size_t BinForFalseAlarms(double rate) const;
  // Where FAR and FRR are nearest to each other; their mean there is the equal error rate.
  size_t BinOfEqualErrors() const;

  // Whether a rate can be told on these data: at least ten pairs (queries) are beyond it.
  bool CanTellFalseAccepts(double rate) const;
  bool CanTellFalseAlarms(double rate) const;

 private:
  std::vector<uint64_t> genuine_, impostor_;   // in this bin or above, from bin 1; then 0
  std::vector<uint64_t> alarms_, identified_;  // queries likewise
  uint64_t queries_ = 0, mated_ = 0;
};

// The rates that tables show, greatest first.
inline constexpr double kFalseAcceptRates[] = {1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6};
inline constexpr double kFalseAlarmRates[] = {0.1, 0.01};

}  // namespace bcr
