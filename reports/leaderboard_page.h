#pragma once

#include <string>
#include <vector>

#include "reports/leaderboard.h"
#include "reports/picture_file.h"
#include "reports/record_io.h"

namespace bcr {

// The leaderboard as one HTML page that needs nothing but itself (reports/page/page.h): for each
// table what it rests on, the ranking, the rows apart with their reasons, and pictures with their
// numbers.

// What RequireReplaceablePage is told of it.
inline constexpr const char* kLeaderboardPage = "leaderboard";

// `records` are those that the leaderboard was built of, with the same file names: pictures take
// single seeds, rank curves and the course of training from them. Pictures of training are left out
// where the page would exceed 5 MB with them, and the page says so.
std::string LeaderboardHtml(const Leaderboard& leaderboard,
                            const std::vector<StoredRecord>& records);

// Every picture of the page, training included, as a file of its own. Names are made of setting,
// profile and picture, with a number where several tables share these: the same records give the
// same names.
std::vector<PictureFile> LeaderboardPictures(const Leaderboard& leaderboard,
                                             const std::vector<StoredRecord>& records);

}  // namespace bcr
