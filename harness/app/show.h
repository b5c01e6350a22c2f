#pragma once

#include <string>

namespace bcr {

// Where a leaderboard goes as a page and as pictures; "" = nowhere.
struct LeaderboardPlaces {
  std::string html;        // the file of the page
  std::string svg_folder;  // one file a picture
};

// Folds the records of a folder, writes the leaderboard to `leaderboard_file` ("" = nowhere) and
// `places`, and prints it to stdout as `format`: terminal, markdown or json. Says on stderr what it
// left out. Throws kUsage where a picture's name is taken by a file that is no picture of ours.
void PrintLeaderboard(const std::string& records, const std::string& leaderboard_file,
                      const std::string& format, const LeaderboardPlaces& places = {});

}  // namespace bcr
