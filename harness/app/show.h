#pragma once

#include <string>

namespace bcr {

// Folds the records of a folder, writes the leaderboard to `leaderboard_file` ("" = nowhere) and
// prints it to stdout as `format`: terminal, markdown or json. Says on stderr what it left out.
void PrintLeaderboard(const std::string& records, const std::string& leaderboard_file,
                      const std::string& format);

}  // namespace bcr
