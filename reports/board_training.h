#pragma once

#include <vector>

#include "reports/board_pictures.h"
#include "reports/page/elements.h"

namespace bcr::board {

// How the new models of a table were trained, as far as their notes say. Private to this folder.

// One picture a figure of the training and of the clustering, epoch by epoch: one line a method,
// the mean over seeds. A method of which a seed lacks the figure has no line.
std::vector<BoardPicture> TrainingPictures(const LeaderboardTable& table,
                                           const PictureSource& source);

// The figures of the last epoch: one row a method, means over seeds; no rows where no model has
// any.
page::Table LastEpochTable(const LeaderboardTable& table, const PictureSource& source);

}  // namespace bcr::board
