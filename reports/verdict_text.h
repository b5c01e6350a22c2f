#pragma once

#include <string>

#include "reports/score_report.h"

namespace bcr {

// What a report says of its upgrade, for people who must decide, in this order: whether search gets
// better on the old gallery, by how much, who gets worse, what is left on the table, whether the
// deployed threshold holds. REQUIRES: report.compatibility. Ends with a line break.
std::string VerdictText(const ScoreReport& report);

}  // namespace bcr
