#pragma once

#include <string>
#include <vector>

namespace bcr {

// Where a leaderboard goes as a page and as pictures; "" = nowhere.
struct LeaderboardPlaces {
  std::string html;        // the file of the page
  std::string svg_folder;  // one file a picture
};

// Folds the records of a folder, writes the leaderboard to `leaderboard_file` ("" = nowhere) and
// `places`, and prints it to stdout as `format`, one of LeaderboardFormats(). Says on stderr what it
// left out. A terminal's table is as wide as the terminal; where stdout is none, it has a width of
// its own, so that the same records give the same bytes. Throws kUsage where a picture's name is
// taken by a file that is no picture of ours.
void PrintLeaderboard(const std::string& records, const std::string& leaderboard_file,
                      const std::string& format, const LeaderboardPlaces& places = {});

// What PrintLeaderboard can print: terminal, markdown, csv, latex, json.
const std::vector<std::string>& LeaderboardFormats();

}  // namespace bcr
