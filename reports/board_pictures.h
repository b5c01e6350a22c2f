#pragma once

#include <map>
#include <string>
#include <vector>

#include "reports/leaderboard.h"
#include "reports/page/elements.h"
#include "reports/record_io.h"

namespace bcr::board {

// The pictures of one table of a leaderboard. Private to this folder.

// What all pictures of a leaderboard share.
struct PictureSource {
  std::map<std::string, const RunRecord*> records;  // by file
  std::map<std::string, size_t> looks;  // of methods: one colour and mark wherever it appears
};

// `records` must outlive the result.
PictureSource SourceOf(const Leaderboard& leaderboard, const std::vector<StoredRecord>& records);

struct BoardPicture {
  std::string name;   // for a file: lower case letters, digits, dots and hyphens
  std::string title;  // for a heading
  page::Figure figure;
};

// Of the ranked rows; none where there are none. Pictures without any figure are left out.
std::vector<BoardPicture> TablePictures(const LeaderboardTable& table, const PictureSource& source);

// The records of a row, in the order of its files. Files that `source` lacks are left out.
std::vector<const RunRecord*> RecordsOf(const LeaderboardRow& row, const PictureSource& source);

}  // namespace bcr::board
