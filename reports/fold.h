#pragma once

#include <vector>

#include "reports/leaderboard.h"

namespace bcr::board {

// Folding of seeds into rows, and ranking; private to this folder.

// One row from records of one method (at least one). Values that some seed lacks stay absent.
LeaderboardRow FoldRow(const std::vector<const StoredRecord*>& records);

// Sorts by mean cross mAP, descending, then by name; sets rank and tied_with_leader. REQUIRES:
// every row has `cross`.
void RankRows(std::vector<LeaderboardRow>& rows);

}  // namespace bcr::board
