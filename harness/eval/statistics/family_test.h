#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "harness/eval/statistics/paired_test.h"

namespace bcr {

// Whether any of several figures of a run is worse than a baseline's by more than its margin, with
// a bound on how often one of them is called so by chance.
//
// Of each figure: the paired changes of all queries, summed by identity, less the margin. Were both
// runs equally good, each identity's sums would be as likely with the other sign, all figures of an
// identity together; so the greatest standardised sum over the figures is compared with those of
// joint sign flips, step by step downwards (Westfall and Young, "Resampling-Based Multiple Testing",
// 1993, algorithm 4.1, by sign flips in the place of permutations). The figures may depend on each
// other in any way; those that say nearly the same cost nearly nothing.

struct FamilyMember {
  const std::vector<IdentityChange>* changes = nullptr;  // second less first run (PairedTest)
  bool higher_is_better = true;
  double margin = 0;  // that the figure may get worse by, at least 0
  // Standard deviations that its sum must stand out by more than the others': figures without one
  // keep more of the power that they would have alone.
  double handicap = 0;
};

// The handicap of every figure but the headline's in a gate: chosen by simulation, so that the
// headline keeps its power to within ten points of a test of it alone (reports/GATE.md).
inline constexpr double kGateHandicap = 0.5;

struct MemberTest {
  // One-sided, adjusted for the family: that the figure is worse by no more than its margin. 1
  // where no identity changes.
  double p_value = 1;
  // The least true worsening that such a test set shows four times in five, from how much the
  // changes of its identities differ; absent where no identity changes, or where no worsening at
  // all could be shown by so few.
  std::optional<double> shown_from;
};

struct FamilyOptions {
  double level = 0.05;  // of the family: how often any figure may fail by chance
  uint64_t seed = 1;
  int flips = 10000;  // all patterns of signs where they are no more than this
};

// Whether so many identities can decide at a level: with fewer, no pattern of signs is rare enough
// (of four, 1 in 16 is more than 5 %).
bool CanDecide(size_t identities, double level);

// One entry a member. Deterministic in options.seed. REQUIRES: margins of at least 0.
std::vector<MemberTest> TestFamily(const std::vector<FamilyMember>& members,
                                   const FamilyOptions& options);

}  // namespace bcr
