#include "reports/board_curves.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/metrics/table.h"
#include "reports/picture/palette.h"

namespace bcr::board {
namespace {

using page::Cell;
using picture::Format;

// Mean over records of the shares of queries with a match within rank k; empty where a record lacks
// the cell, up to the least depth that all of them have.
std::vector<double> MeanCmc(const std::vector<const RunRecord*>& records, bool new_queries) {
  std::vector<double> mean;
  for (size_t i = 0; i < records.size(); ++i) {
    const UpgradeModels& upgrade = records[i]->upgrade;
    const CellRecord* cell = FindCell(
        *records[i], new_queries ? upgrade.new_model : upgrade.old_model, upgrade.old_model);
    if (cell == nullptr || cell->cmc.empty()) return {};
    mean.resize(i == 0 ? cell->cmc.size() : std::min(mean.size(), cell->cmc.size()), 0);
    for (size_t k = 0; k < mean.size(); ++k)
      mean[k] += cell->cmc[k] / static_cast<double>(records.size());
  }
  return mean;
}

picture::Series RankSeries(const std::string& name, const std::vector<double>& cmc, size_t look) {
  picture::Series series;
  series.name = name;
  series.look = look;
  for (size_t k = 0; k < cmc.size(); ++k)
    series.points.push_back({static_cast<double>(k + 1), cmc[k], std::nullopt, std::nullopt});
  return series;
}

page::Table RankNumbers(const std::vector<picture::Series>& all) {
  static const std::vector<size_t> ranks = {1, 2, 3, 5, 10, 20, 50};
  size_t deepest = 0;
  for (const picture::Series& series : all) deepest = std::max(deepest, series.points.size());
  page::Table table;
  table.caption = "Share of queries with a match within rank k, in percent";
  std::vector<std::string> titles = {"method"};
  for (const size_t rank : ranks) {
    if (rank <= deepest) titles.push_back(fmt::format("rank {}", rank));
  }
  table.columns = page::NumberColumns(titles);
  for (const picture::Series& series : all) {
    std::vector<Cell> cells = {{series.name, std::nullopt, false}};
    for (const size_t rank : ranks) {
      if (rank > deepest) continue;
      if (rank > series.points.size()) {
        cells.push_back({"-", std::nullopt, true});
        continue;
      }
      const double share = series.points[rank - 1].y;
      cells.push_back({picture::ValueText(Format::kPlain, 100 * share), share, false});
    }
    table.rows.push_back(std::move(cells));
  }
  return table;
}

}  // namespace

std::vector<picture::Series> Best(std::vector<picture::Series> series, size_t others) {
  series.resize(std::min(series.size(), kLines + others));
  return series;
}

std::string BestNote(size_t methods) {
  if (methods <= kLines) return "";
  return fmt::format(" Drawn are the first {} of the ranking; the numbers hold all {}.", kLines,
                     methods);
}

BoardPicture RankCurves(const LeaderboardTable& table, const PictureSource& source) {
  picture::LinePlot plot;
  plot.texts = {
      fmt::format("Rank curves: {}, profile {}", table.setting.name, table.profile.name),
      "One line a method: share of queries of the new model with a match within the first k "
      "images of the old gallery. The dashed line is the old model itself."};
  plot.x = {"rank k"};
  plot.y = {"share of queries", Format::kPercent};
  plot.x.low = 1;
  std::string old_of;  // whose seeds the old model's curve is of
  std::vector<picture::Series> all;
  for (const LeaderboardRow& row : table.rows) {
    const auto records = RecordsOf(row, source);
    const std::vector<double> old_self = MeanCmc(records, false), cmc = MeanCmc(records, true);
    if (old_of.empty() && !old_self.empty()) {
      all.insert(all.begin(), RankSeries("old model", old_self, picture::kNeutralLook));
      all.front().dashed = true;
      old_of = row.method;
    }
    if (!cmc.empty()) all.push_back(RankSeries(row.method, cmc, source.looks.at(row.method)));
  }
  if (all.empty()) return {};
  const size_t others = old_of.empty() ? 0 : 1;
  plot.series = Best(all, others);
  std::string caption =
      "Share of queries with a match among the first k images of the old gallery, mean over seeds.";
  if (!old_of.empty()) caption += " Dashed: the old model, with the seeds of " + old_of + ".";
  return {"rank-curves",
          "Rank curves",
          {picture::LinePlotSvg(plot), caption + BestNote(all.size() - others), RankNumbers(all)}};
}

std::optional<double> MeanMap(const std::vector<const RunRecord*>& records,
                              const std::string& query_model, const std::string& gallery_model) {
  double sum = 0;
  for (const RunRecord* record : records) {
    const CellRecord* cell = FindCell(*record, query_model, gallery_model);
    if (cell == nullptr) return std::nullopt;
    const auto found = cell->metrics.find(HeadlineMetric().name);
    if (found == cell->metrics.end()) return std::nullopt;
    sum += found->second.value;
  }
  return sum / static_cast<double>(records.size());
}

}  // namespace bcr::board
