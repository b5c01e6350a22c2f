#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "harness/eval/statistics/estimate.h"

namespace bcr {

class GroupTable;

// Typical values (Hartigan, "Using subsample values as typical values", JASA 1969): a statistic on
// random halves of the identities, each taken with chance 1/2. Where every identity's contribution
// is as likely with the other sign, the truth lies between any two neighbours of the ordered values
// with equal chance. The interval of their order statistics is then exact, and it is the inversion
// of the sign-flip test (Fisher 1935): of the mean, a sum over a half is at most 0 exactly where
// flipping that half's signs gives as much as observed.
struct HalfSamples {
  std::vector<std::vector<double>> values;  // by statistic, of non-empty halves where it is defined
  std::vector<int> undefined;               // by statistic
  // All patterns of signs, the empty half included, or those drawn and the observed one.
  size_t patterns = 0;
  size_t empty = 0;  // drawn halves without an identity: as extreme as the observed one either way
};

// Every half where the identities are few (2^n at most `resamples`, or 1024); drawn ones otherwise.
HalfSamples DrawHalfSamples(const GroupTable& table,
                            const std::vector<const Statistic*>& statistics,
                            const EstimateOptions& options);

// Sets low and high to order statistics of the sorted values, or the reason why the patterns are
// too few for the level.
void SetTypicalInterval(const std::vector<double>& sorted, const HalfSamples& samples, double level,
                        Estimate& estimate);

// The two-sided p-value of 0: at most 1 - level where that interval leaves 0 out, and there alone.
double TypicalP(const std::vector<double>& sorted, const HalfSamples& samples);

}  // namespace bcr
