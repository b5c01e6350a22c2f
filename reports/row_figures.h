#pragma once

#include <array>
#include <optional>

#include "reports/leaderboard.h"

namespace bcr::board {

// A folded figure of a row by the name that JSON and CSV give it; private to this folder.
struct RowFigure {
  const char* name;
  std::optional<FoldedValue> LeaderboardRow::*value;
};

inline constexpr std::array<RowFigure, 10> kRowFigures = {{
    {"old_self", &LeaderboardRow::old_self},
    {"new_self", &LeaderboardRow::new_self},
    {"cross", &LeaderboardRow::cross},
    {"reverse", &LeaderboardRow::reverse},
    {"old_rank1", &LeaderboardRow::old_rank1},
    {"new_rank1", &LeaderboardRow::new_rank1},
    {"cross_rank1", &LeaderboardRow::cross_rank1},
    {"gain", &LeaderboardRow::gain},
    {"update_gain", &LeaderboardRow::update_gain},
    {"paragon_gain", &LeaderboardRow::paragon_gain},
}};

}  // namespace bcr::board
