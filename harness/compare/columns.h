#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/eval/statistics/estimate.h"
#include "reports/per_query.h"

namespace bcr {

struct MetricInfo;

// The per-query values of two results as columns, row for row the same query.

using Rows = std::vector<PerQueryRow>;

// The rows of b in the order of a. Throws kData at `where` unless both show the same queries with
// the same identities and cameras; names the first that differs.
Rows Joined(const Rows& a, Rows b, const std::string& where);

// A metric of a cell; queries without a match are not valid. Absent where the rows do not hold the
// metric, as those of files that were written before it was there.
std::optional<ValueColumn> ColumnOf(const Rows& rows, const MetricInfo& metric);

// A metric that is a change of each query's value (MetricInfo::change), from the joined rows of
// old/old and new/old. Absent as above.
std::optional<ValueColumn> ChangeColumn(const Rows& old_self, const Rows& cross,
                                        const MetricInfo& metric);

double MeanOfColumn(const ValueColumn& column);  // over valid entries; 0 without any

// The rows of every cell both results have with its per-query file, by cell name, joined.
struct PairedRows {
  std::map<std::string, std::pair<Rows, Rows>> cells;
  const std::pair<Rows, Rows>* Find(const std::string& name) const {
    const auto found = cells.find(name);
    return found == cells.end() ? nullptr : &found->second;
  }
};

struct ColumnPair {
  ValueColumn a, b;
  const Rows* queries = nullptr;  // row for row with both; owned by the PairedRows
};

// A weighted sum of the cells of a chain (MatrixPart::terms) as a mean over queries: every query
// carries the weighted sum of its AP in the cells, so that cells are resampled together. Absent for
// other figures (AC counts pairs of models and is no mean over queries) and where a cell of the
// matrix has no rows.
std::optional<ColumnPair> MatrixColumns(const PairedRows& rows,
                                        const std::vector<std::string>& models,
                                        const std::string& figure);

}  // namespace bcr
