#pragma once

#include <optional>
#include <vector>

#include "harness/judge/cells.h"
#include "reports/run_record.h"

namespace bcr {

// What the cells of old, new and, where given, paragon say of the upgrade; figures by the names of
// FORMAT.md. Absent without old/old and new/old. Without new/new the figures that need it are
// absent with a reason.
std::optional<CompatibilityRecord> JudgeUpgrade(const ScoreRequest& request,
                                                const std::vector<OpenModel>& models,
                                                const std::vector<ScoredCell>& cells);

}  // namespace bcr
