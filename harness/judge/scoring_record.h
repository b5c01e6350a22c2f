#pragma once

#include <string>

#include "harness/judge/options.h"
#include "reports/run_record.h"

namespace bcr {

// How cells were scored, in the words of records and reports. `feature_side`: "before-neck",
// "after-neck", or "given" for features handed in.
ScoringRecord DescribeScoring(const JudgeOptions& options, const std::string& feature_side);

}  // namespace bcr
