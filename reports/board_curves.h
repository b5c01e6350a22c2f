#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reports/board_pictures.h"
#include "reports/picture/line_plot.h"

namespace bcr::board {

// The pictures that need the cells of records. Private to this folder.

inline constexpr size_t kLines = 10;  // of methods in one picture: more cannot be told apart

// The first kLines of the series, which stand in the order of the ranking, and `others` before them.
std::vector<picture::Series> Best(std::vector<picture::Series> series, size_t others);
// What a caption says where Best leaves methods out; else "".
std::string BestNote(size_t methods);

// Rank-k of the new model on the old gallery, and of the old one; no svg where no record has it.
BoardPicture RankCurves(const LeaderboardTable& table, const PictureSource& source);

// The mean mAP of a cell; absent where a record lacks it.
std::optional<double> MeanMap(const std::vector<const RunRecord*>& records,
                              const std::string& query_model, const std::string& gallery_model);

}  // namespace bcr::board
