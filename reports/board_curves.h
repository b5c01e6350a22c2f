#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reports/board_pictures.h"

namespace bcr::board {

// The pictures that need the cells of records. Private to this folder.

// Rank-k of the new model on the old gallery, and of the old one; no svg where no record has it.
BoardPicture RankCurves(const LeaderboardTable& table, const PictureSource& source);

// The mean mAP of a cell; absent where a record lacks it.
std::optional<double> MeanMap(const std::vector<const RunRecord*>& records,
                              const std::string& query_model, const std::string& gallery_model);

}  // namespace bcr::board
