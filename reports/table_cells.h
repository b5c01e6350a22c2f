#pragma once

#include <string>
#include <vector>

#include "reports/leaderboard.h"

namespace bcr::board {

// The text of a table, shared by the terminal and the Markdown writer; private to this folder.

// Plain ASCII writes +- for the plus-minus sign.
struct CellStyle {
  bool ascii = false;
};

// The places of columns in HeaderCells and BodyCells.
enum Column : size_t {
  kRank,
  kMethod,
  kSeeds,
  kOldSelf,
  kNewSelf,
  kCross,
  kReverse,
  kOldRank1,
  kCrossRank1,
  kGain,
  kUpdateGain,
  kVerdict
};
std::vector<std::string> HeaderCells();
// Ranked rows first, then those apart with "-" for the rank and [a], [b], ... behind the method: a
// letter for each reason. A gap is "-".
std::vector<std::vector<std::string>> BodyCells(const LeaderboardTable& table,
                                                const CellStyle& style);

// "yes (1 seed)": a yes or no of one training says so; "-" where there is no verdict.
std::string VerdictWord(const LeaderboardRow& row);
// What may be said of the best: "Not distinguishable from rbcl: l2, bct." or "rbcl leads: no other
// row's interval of cross mAP reaches its own."; "" where fewer than two rows are ranked.
std::string LeadLine(const LeaderboardTable& table);

// The figures of chains, header first: one row a method that has them; empty where none does.
std::vector<std::vector<std::string>> ChainCells(const LeaderboardTable& table,
                                                 const CellStyle& style);
// What the columns of ChainCells mean, one line each.
std::vector<std::string> ChainLegend();

// Means over a group's settings, header first.
std::vector<std::vector<std::string>> GroupCells(const GroupTable& group);
// "lifelong, profile quick r2: mAP and rank-1, means over lifelong-1, ...".
std::string GroupTitle(const GroupTable& group);
// "bct: no mean: not ranked in lifelong-3" for each method without figures.
std::vector<std::string> GroupReasons(const GroupTable& group);

// One line about the setting, profile, data and scoring of a table.
std::string TitleLine(const LeaderboardTable& table);
std::string ScoringLine(const LeaderboardTable& table);
// What differs from a plain run: precision, overrides, ...; "" where nothing does.
std::string ConditionsLine(const LeaderboardTable& table);
// "target: 3 queries without a match": one line a data set that has oddities.
std::vector<std::string> OddityLines(const LeaderboardTable& table);
// "[a] bct seed 3, 4, l2 seed 1: failed: ..." for each reason, with all rows apart for it.
std::vector<std::string> ReasonLines(const LeaderboardTable& table);
// What the columns mean: the same for every table.
std::vector<std::string> LegendLines(const CellStyle& style);

}  // namespace bcr::board
