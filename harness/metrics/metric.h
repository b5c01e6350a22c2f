#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace bcr {

struct CellMeans;
struct MatrixTerm;

// The ranked list of one query, as a metric sees it.
struct RankedQuery {
  // 1-based ranks of all matches among the admitted gallery items, ascending; at least one.
  std::span<const uint32_t> ranks;
};

// Where a query's value of a metric comes from. The first four follow from what the scorer keeps of
// every query; a metric of its own computes its value from the ranks of the matches.
enum class QueryValue { kApHits, kApTrapezoid, kInp, kHitWithin, kOfRanks };

// A mean over the queries of a cell that have a match.
struct QueryPart {
  QueryValue value = QueryValue::kOfRanks;
  int rank = 0;  // k of "within rank k" and "of the first k items"; 0 where there is none
  // kOfRanks: the value of one query, in [0, 1]; `rank` is the part's own.
  double (*of)(const RankedQuery& query, uint32_t rank) = nullptr;
  // kOfRanks: the name of its column in per-query files.
  std::string column;
  // Whether the figures of an upgrade are also made of this metric, as "<name>.<figure>".
  bool in_upgrade = false;
};

// The cells of an upgrade: M(old, old), M(new, old), M(new, new), M(old, new), M(*, *).
enum class UpgradeCell { kOldSelf, kCross, kNewSelf, kReverse, kParagon };

// A function of the means M(query model, gallery model) of one query metric.
struct UpgradePart {
  std::optional<double> (*of)(const CellMeans& means) = nullptr;
  // Where it is the difference of two of the means: the greater and the lesser side of it.
  std::optional<std::pair<UpgradeCell, UpgradeCell>> difference;
  // Cells it needs besides old/old and new/old.
  bool needs_new = false, needs_reverse = false, needs_paragon = false;
  std::string undefined;  // why there is no value although all cells are there
};

// The mean over queries of how the value of one query metric changes from old/old to new/old.
struct ChangePart {
  std::string of;  // the query metric
  double (*change)(double before, double now) = nullptr;
};

// A figure of the matrix of a chain of models, on AP by precision at hits.
struct MatrixPart {
  // Its cells with their weights; null where it is no weighted sum. None where it is undefined.
  std::vector<MatrixTerm> (*terms)(size_t models) = nullptr;
};

// Shares lie in [0, 1], differences of shares in [-1, 1]; ratios have no bounds.
enum class Unit { kShare, kDifference, kRatio };

// A metric: everything that any part of the program needs to know of it. FORMAT.md lists the names.
struct MetricInfo {
  // As records name it. A `*` stands for one or more characters other than a dot: then this is a
  // family of figures that are alike, such as "*.nfr*".
  std::string name;
  int revision = 1;                  // raised whenever its values can change
  std::string label;                 // in tables; empty: the name
  std::vector<std::string> aliases;  // other spellings, in lower case, that flags accept
  std::string about;                 // what it is
  std::string source;                // paper and equation, or what defines it
  Unit unit = Unit::kShare;
  bool higher_is_better = true;

  struct {
    // `gate` judges it without being asked. Each such figure costs the others some of their power:
    // these are the few that decisions rest on.
    bool watched = false;
    bool shown = false;    // `gate` shows it below those that it judges
    double tolerance = 0;  // that it may get worse by in `gate`, a fraction
  } gate;

  struct {
    // Header in the table of cells that `score` prints; empty: there only where asked for.
    std::string column;
    bool interval = false;  // with its interval there
    // Order of columns there and of a gate's lines; equal places: the order of the table.
    int place = 100;
    std::string line;         // label of its line below the verdict of `score`; empty: none
    std::string line_about;   // what that line says of the value
    bool comparison = false;  // shown in the text of `compare`
  } print;

  // What it is made of; figures without any part are counted where their name in FORMAT.md says.
  std::optional<QueryPart> query;
  std::optional<UpgradePart> upgrade;
  std::optional<ChangePart> change;
  std::optional<MatrixPart> matrix;

  const std::string& Label() const { return label.empty() ? name : label; }
};

// The generated table; MetricTable() (table.h) is what others read.
std::vector<const MetricInfo*> metric_table();

}  // namespace bcr
