#pragma once

#include "harness/compare/gate.h"

namespace bcr {

// A tolerance that no judged line bears is a slip of the hand, and what it meant would go unjudged:
// throws kUsage with a suggestion among the figures of the baseline.
void RequireTolerancesUsed(const GateOptions& options, const Result& baseline,
                           const Comparison& comparison, const std::vector<GateLine>& judged);

}  // namespace bcr
