#pragma once

#include <string>

namespace bcr {

struct Leaderboard;

// The leaderboard as CSV (RFC 4180, lines end with LF): a header, then one line a row of every
// table, ranked or not. Fractions in full precision; an absent figure is an empty field. FORMAT.md
// lists the columns. Control characters of records become spaces, so that a row is always one line.
// Means over groups of settings are not in it.
std::string LeaderboardCsv(const Leaderboard& leaderboard);

}  // namespace bcr
