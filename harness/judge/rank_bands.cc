#include "harness/judge/rank_bands.h"

#include <algorithm>

namespace bcr {
namespace {

constexpr int kAtOnce = 10;  // ranks estimated together: a column of doubles each

}  // namespace

RankBand RankBandOf(const std::vector<PerQueryRow>& rows, int ranks,
                    const EstimateOptions& options) {
  std::vector<const PerQueryRow*> valid;
  std::vector<std::string> identities;
  for (const PerQueryRow& row : rows) {
    if (row.hits) return {};
    if (!row.valid) continue;
    valid.push_back(&row);
    identities.push_back(row.identity);
  }
  RankBand band;
  for (int first = 1; first <= ranks && !valid.empty(); first += kAtOnce) {
    std::vector<ValueColumn> columns;
    std::vector<Statistic> statistics;
    for (int rank = first; rank < first + kAtOnce && rank <= ranks; ++rank) {
      statistics.push_back(ShareOf(columns.size()));
      ValueColumn& column = columns.emplace_back();
      column.valid.assign(valid.size(), true);
      for (const PerQueryRow* row : valid)
        column.values.push_back(row->first_rank <= rank ? 1.0 : 0.0);
    }
    for (const Estimate& estimate : EstimateAll(columns, identities, statistics, options)) {
      if (!estimate.low) return {};
      band.low.push_back(*estimate.low);
      band.high.push_back(*estimate.high);
    }
  }
  return band;
}

}  // namespace bcr
