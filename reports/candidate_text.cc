#include "reports/candidate_text.h"

#include <fmt/format.h>

#include "reports/number_text.h"
#include "reports/text_table.h"

namespace bcr {
namespace {

constexpr size_t kColumns = 96;

using Cell = CandidateFigures::Cell;
using Sets = CandidateFigures::Sets;
using Rows = std::vector<std::vector<std::string>>;

template <typename Named>
std::string NameOf(const Named& cell) {
  return cell.query_model + "/" + cell.gallery_model;
}

std::vector<std::string> RowOf(const std::string& cell, const std::string& wanted,
                               const std::string& set_in, const Sets& sets) {
  const MetricValue& hits = sets.hit_rate;
  return {cell,
          wanted,
          set_in,
          fmt::format("{:.4f}", sets.threshold),
          fmt::format("{:.2f}", sets.mean),
          fmt::format("{}", sets.median),
          fmt::format("{}", sets.ninety_five),
          Percent(sets.empty),
          Percent(hits.value) +
              (hits.low ? " " + PercentInterval(*hits.low, *hits.high, hits.few) : ""),
          Percent(sets.recall)};
}

}  // namespace

std::string CandidatesText(const CandidateFigures& figures) {
  Rows rows = {{"query/gallery", "wanted", "set in", "threshold", "people", "median", "95 %",
                "none", "hit rate [95 %]", "recall"}};
  const size_t points = figures.cells.empty() ? 0 : figures.cells.front().points.size();
  for (size_t k = 0; k < points; ++k) {
    for (const Cell& cell : figures.cells) {
      const CandidateFigures::Point& point = cell.points.at(k);
      const std::string name = NameOf(cell), wanted = fmt::format("{:g}", point.wanted);
      if (point.carried)
        rows.push_back(RowOf(name, wanted, NameOf(*figures.calibrated_on), *point.carried));
      rows.push_back(RowOf(name, wanted, name, point.own));
    }
  }
  return "Candidates: the gallery's people whose nearest image passes a threshold, set so that a "
         "query\nhas the wanted number of them on average.\n" +
         AlignedTable(rows, {0, 2}) +
         Wrapped(
             "none: queries without a candidate; hit rate: with the right person among theirs; "
             "recall: share of the right people's images that pass.",
             kColumns);
}

}  // namespace bcr
