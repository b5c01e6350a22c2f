#pragma once

#include <optional>
#include <vector>

#include "harness/judge/cells.h"
#include "harness/judge/graph.h"
#include "reports/run_record.h"

namespace bcr {

// The scored cells of one upgrade, on the same queries and gallery images. Borrowed; null where a
// cell was not scored.
struct UpgradeScored {
  const ScoredCell* old_self = nullptr;
  const ScoredCell* cross = nullptr;
  const ScoredCell* new_self = nullptr;
  const ScoredCell* reverse = nullptr;  // old queries on the new gallery
  const ScoredCell* paragon_self = nullptr;
};
UpgradeScored FindUpgrade(const std::vector<ScoredCell>& cells, const UpgradeNames& names);

// Every figure of an upgrade by the names of FORMAT.md, with intervals. The gain is PairedGain, the
// update gain rests on scores.map_hits of the self-tests. Absent without old_self and cross; figures
// that need another cell are then absent with a reason.
std::optional<CompatibilityRecord> JudgeUpgrade(const UpgradeScored& cells,
                                                const EstimateOptions& options);

}  // namespace bcr
