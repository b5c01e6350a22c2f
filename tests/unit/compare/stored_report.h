#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "reports/result.h"
#include "reports/score_report.h"
#include "tests/unit/reports/test_report.h"

namespace bcr {

// AP of the queries (the last without a match) by cell.
using ApByCell = std::map<std::string, std::vector<double>>;

// Five queries six times over, of other people each time, and one without a match: with fewer
// identities no test decides anything.
inline std::vector<double> SixTimes(const std::vector<double>& block) {
  std::vector<double> values;
  for (int i = 0; i < 6; ++i) values.insert(values.end(), block.begin(), block.end());
  values.push_back(0);
  return values;
}

// Adds to the AP of every query with a match.
inline void Shift(std::vector<double>& ap, double change) {
  for (size_t i = 0; i + 1 < ap.size(); ++i) ap[i] += change;
}

// A stored score report whose cells are the means of the given AP; read back.
inline Result StoreReport(const std::string& path, const ApByCell& ap,
                          ScoreReport report = TestReport()) {
  report.cells.clear();
  std::vector<SideFile> side;
  for (const auto& [name, values] : ap) {
    const std::vector<PerQueryRow> rows = TestRows(values);
    const size_t slash = name.find('/');
    report.cells.push_back(CellFromRows(name.substr(0, slash), name.substr(slash + 1), rows));
    report.cells.back().per_query.emplace();
    side.push_back(MakeSideFile(rows, *report.cells.back().per_query));
  }
  StoreResult(path, ScoreReportJson(report), side);
  return ReadResult(path);
}

inline ApByCell UpgradeAp() {
  return {{"old/old", SixTimes({0.4, 0.5, 0.6, 0.3, 0.5})},
          {"new/new", SixTimes({0.8, 0.9, 0.8, 0.7, 0.9})},
          {"new/old", SixTimes({0.6, 0.7, 0.7, 0.4, 0.7})}};
}

}  // namespace bcr
