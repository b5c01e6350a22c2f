#pragma once

#include <string>
#include <vector>

#include "reports/leaderboard.h"

namespace bcr::board {

// Settings that belong together; private to this folder.

// The group that a record's setting belongs to; "" for none.
std::string GroupOf(const RunRecord& record);

// The cells whose figures are averaged over the group's settings.
struct GroupCell {
  std::string name, query_model, gallery_model;
};
std::vector<GroupCell> GroupCellsOf(const RunRecord& record);

// Means over the tables of each group that have ranked rows; tables are taken together where profile,
// data, scoring and conditions agree.
std::vector<GroupTable> GroupMeans(const std::vector<LeaderboardTable>& tables);

}  // namespace bcr::board
