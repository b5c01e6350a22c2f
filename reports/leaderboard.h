#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/json.h"
#include "reports/record_io.h"

namespace bcr {

inline constexpr int kLeaderboardSchemaVersion = 1;

// A figure over n seeds. `low` and `high` bound it: the mean of the seeds' 95 % intervals (they
// share their queries, so that uncertainty does not shrink with seeds), widened to hold mean +-
// deviation. Absent where a seed has no interval.
struct FoldedValue {
  int n = 0;
  double mean = 0;
  std::optional<double> deviation;  // sample standard deviation; absent for n = 1
  std::optional<double> low, high;
};

// One method in one table: the fold of its comparable seeds; or, not ranked, one record with the
// reason.
struct LeaderboardRow {
  std::string method;
  int method_revision = 0;
  int rank = 0;  // 1-based by mean cross mAP, equal means share a rank; 0: not ranked
  bool tied_with_leader = false;  // cross interval overlaps the leader's (or either has none); set
                                  // on the leader as well
  std::vector<int64_t> seeds;
  std::optional<FoldedValue> old_self, new_self, cross, reverse, gain,
      update_gain;  // absent: a gap
  // Rank-1 (the metric cmc1) of the cells old/old, new/new and new/old.
  std::optional<FoldedValue> old_rank1, new_rank1, cross_rank1;
  // Paragon self - old self, by which the update gain divides; absent where a record lacks it.
  std::optional<FoldedValue> paragon_gain;
  // Whether there is an update gain, and what it divides by lies above 0: the interval of
  // paragon_gain does or, where that is absent, the intervals of the two cells lie apart.
  bool update_gain_clear = false;
  std::map<std::string, FoldedValue> matrix;  // of a chain, by the names of metrics: "matrix.am"
  // Of a setting that is one of a group: mAP and rank-1 of the group's figures, in its order.
  struct GroupFigure {
    std::string name;
    std::optional<FoldedValue> map, rank1;
  };
  std::vector<GroupFigure> group;
  std::string verdict;  // yes or no: all seeds agree and the folded gain interval does too;
                        // otherwise undecided; ""
  std::string reason;   // why not ranked; empty where ranked
  std::vector<std::string> files;
};

// Comparable records: same setting and profile with their revisions, same data (hash), same
// scoring, same conditions.
struct LeaderboardTable {
  NamedRevision setting, profile;
  std::string group;  // that the setting belongs to; "" for none
  struct Data {
    std::string role, reference, hash;
  };
  std::vector<Data> data;  // the target first, then the source, then further roles by name
  ScoringRecord scoring;
  std::map<std::string, std::string> conditions;  // precision, device, ...: see FORMAT.md
  std::optional<double> random_map;               // mean over its records
  // By role, what of the data may surprise: kind (as in the record) -> how many; none that is 0.
  std::map<std::string, std::map<std::string, int64_t>> oddities;
  std::vector<LeaderboardRow> rows;  // ranked
  std::vector<LeaderboardRow>
      apart;  // failed, partial, unofficial, of an older revision, or a seed given twice
};

// Means over the settings of a group, which judge the same models on one data set each.
struct GroupTable {
  struct Figure {
    std::string name;
    double map = 0, rank1 = 0;
  };
  struct Row {
    std::string method;
    size_t seeds = 0;             // of each setting
    std::vector<Figure> figures;  // empty where there is no mean
    std::string reason;           // why there is none; else ""
  };
  std::string name;
  NamedRevision profile;
  std::vector<std::string> settings;
  std::vector<LeaderboardTable::Data> data;
  ScoringRecord scoring;
  std::map<std::string, std::string> conditions;
  std::vector<Row> rows;  // by the first figure, best first; those without figures last
};

struct Leaderboard {
  std::vector<LeaderboardTable> tables;  // by setting, profile, data, scoring, conditions
  std::vector<GroupTable> groups;        // of tables that differ in the setting alone
};

// Folds records. All figures are mAP by precision at hits, unless their names say rank-1. Records that differ in precision,
// device type, initial weights, overrides, scored split or compatibility weight are never folded:
// each combination is a table. Records of one table of which some bear an older revision (setting,
// profile, reader, metrics, or the method's own) are listed apart, never folded. The result does
// not depend on the order of `records` (they are sorted by file name first).
Leaderboard BuildLeaderboard(std::vector<StoredRecord> records);

// Whether `json` is what LeaderboardJson makes.
bool IsLeaderboard(const Json& json);
// Versioned; fractions; a gap is an absent key.
Json LeaderboardJson(const Leaderboard& leaderboard);

}  // namespace bcr
