#pragma once

#include <string>
#include <vector>

namespace bcr {

// Folds the records of a folder, writes the leaderboard to `leaderboard_file` ("" = nowhere) and
// prints it to stdout as `format`, one of LeaderboardFormats(). Says on stderr what it left out.
// A terminal's table is as wide as the terminal; where stdout is none, it has a width of its own, so
// that the same records give the same bytes.
void PrintLeaderboard(const std::string& records, const std::string& leaderboard_file,
                      const std::string& format);

// What PrintLeaderboard can print: terminal, markdown, csv, latex, json.
const std::vector<std::string>& LeaderboardFormats();

}  // namespace bcr
