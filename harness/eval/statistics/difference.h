#pragma once

#include <string>
#include <vector>

#include "harness/eval/statistics/estimate.h"

namespace bcr {

struct HalfSamples;

// Interval and p-value of a difference of two columns' means from its values on half-samples, which
// are sorted here. Where fewer than kDecidingIdentities differ the p-value is that of all their
// signs, and the interval holds 0 and is widened to MOVER's (Zou and Donner, Statistics in Medicine
// 27, 2008): of what got better less what got worse, or of the two columns, whichever is narrower;
// each is a mean in [0, 1]. It is [0, 0] where no query differs although many could:
// kDecidingIdentities identities have a query of equal values strictly between 0 and 1, which two
// different models hardly give. With fewer than kSkewIdentities, bounds that do not decide are widened
// to MOVER's of the parts on the scale of the greatest change of a query.
void SetDifference(const ValueColumn& minuend, const ValueColumn& subtrahend,
                   const std::vector<std::string>& groups, const HalfSamples& samples,
                   std::vector<double>& values, double level, Estimate& estimate);

}  // namespace bcr
