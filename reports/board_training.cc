#include "reports/board_training.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>

#include "reports/board_curves.h"
#include "reports/picture/line_plot.h"
#include "reports/picture_file.h"
#include "reports/training_curves.h"

namespace bcr::board {
namespace {

using page::Cell;

constexpr size_t kEpochRows = 12;  // in the table beneath a picture

const ModelRecord* NewModel(const RunRecord& record) {
  for (const ModelRecord& model : record.models) {
    if (model.key == record.upgrade.new_model) return &model;
  }
  return nullptr;
}

using CurvesOf = std::function<EpochCurves(const ModelRecord&)>;

// By figure, then one series a method: the mean over seeds. A figure that a seed of a method lacks
// is left out for that method.
std::map<std::string, std::vector<picture::Series>> SeriesByFigure(const LeaderboardTable& table,
                                                                   const PictureSource& source,
                                                                   const CurvesOf& curves_of) {
  std::map<std::string, std::vector<picture::Series>> figures;
  for (const LeaderboardRow& row : table.rows) {
    const auto records = RecordsOf(row, source);
    std::map<std::string, std::vector<std::vector<EpochValue>>> seeds;
    for (const RunRecord* record : records) {
      const ModelRecord* model = NewModel(*record);
      if (model == nullptr) continue;
      for (auto& [name, curve] : curves_of(*model)) seeds[name].push_back(curve);
    }
    for (const auto& [name, curves] : seeds) {
      if (curves.size() != records.size()) continue;
      picture::Series series;
      series.name = row.method;
      series.look = source.looks.at(row.method);
      for (const EpochValue& point : MeanCurve(curves))
        series.points.push_back(
            {static_cast<double>(point.epoch), point.value, std::nullopt, std::nullopt});
      if (!series.points.empty()) figures[name].push_back(std::move(series));
    }
  }
  return figures;
}

// Not every epoch, but the first, the last and some between: the picture has them all.
std::vector<double> ShownEpochs(const std::vector<picture::Series>& all) {
  std::set<double> epochs;
  for (const picture::Series& series : all) {
    for (const picture::LinePoint& point : series.points) epochs.insert(point.x);
  }
  const std::vector<double> sorted(epochs.begin(), epochs.end());
  if (sorted.size() <= kEpochRows) return sorted;
  std::vector<double> shown;
  for (size_t i = 0; i < kEpochRows; ++i)
    shown.push_back(sorted[i * (sorted.size() - 1) / (kEpochRows - 1)]);
  return shown;
}

page::Table EpochNumbers(const std::vector<picture::Series>& all, const std::string& figure) {
  page::Table table;
  table.caption = figure + " by epoch, mean over seeds";
  table.columns = {{"epoch", page::Column::Kind::kRank}};
  for (const picture::Series& series : all)
    table.columns.push_back({series.name, page::Column::Kind::kNumber});
  for (const double epoch : ShownEpochs(all)) {
    std::vector<Cell> cells = {{fmt::format("{}", epoch), epoch, false}};
    for (const picture::Series& series : all) {
      const auto found =
          std::find_if(series.points.begin(), series.points.end(),
                       [&](const picture::LinePoint& point) { return point.x == epoch; });
      if (found == series.points.end()) {
        cells.push_back({"-", std::nullopt, true});
      } else {
        cells.push_back({fmt::format("{:.4g}", found->y), found->y, false});
      }
    }
    table.rows.push_back(std::move(cells));
  }
  return table;
}

BoardPicture EpochPicture(const LeaderboardTable& table, const std::string& kind,
                          const std::string& figure, const std::vector<picture::Series>& series) {
  picture::LinePlot plot;
  plot.texts = {
      fmt::format("{} of {}: {}, profile {}", figure, kind, table.setting.name, table.profile.name),
      "One line a method, by epoch of training the new model; mean over seeds."};
  plot.x = {"epoch"};
  plot.x.low = 1;
  plot.y = {figure};
  plot.series = Best(series, 0);
  return {fmt::format("{}.{}", kind, FileNamePart(figure)),
          fmt::format("{}: {}", kind == "training" ? "Training" : "Clustering", figure),
          {picture::LinePlotSvg(plot),
           fmt::format("{} in training the new model, epoch by epoch, mean over seeds.{}", figure,
                       BestNote(series.size())),
           EpochNumbers(series, figure)}};
}

// Of each figure that all records have, the mean.
std::map<std::string, double> MeanLastEpoch(const std::vector<const RunRecord*>& records) {
  std::map<std::string, std::pair<double, size_t>> sums;
  for (const RunRecord* record : records) {
    const ModelRecord* model = NewModel(*record);
    if (model == nullptr) continue;
    for (const auto& [name, value] : LastEpochFigures(*model)) {
      sums[name].first += value;
      ++sums[name].second;
    }
  }
  std::map<std::string, double> means;
  for (const auto& [name, sum] : sums) {
    if (sum.second == records.size()) means[name] = sum.first / static_cast<double>(sum.second);
  }
  return means;
}

}  // namespace

std::vector<BoardPicture> TrainingPictures(const LeaderboardTable& table,
                                           const PictureSource& source) {
  std::vector<BoardPicture> pictures;
  for (const auto& [figure, series] : SeriesByFigure(table, source, EpochFigures))
    pictures.push_back(EpochPicture(table, "training", figure, series));
  for (const auto& [figure, series] : SeriesByFigure(table, source, EpochClusters))
    pictures.push_back(EpochPicture(table, "clusters", figure, series));
  return pictures;
}

page::Table LastEpochTable(const LeaderboardTable& table, const PictureSource& source) {
  std::map<std::string, std::map<std::string, double>> by_method;
  std::set<std::string> figures;
  for (const LeaderboardRow& row : table.rows) {
    by_method[row.method] = MeanLastEpoch(RecordsOf(row, source));
    for (const auto& [figure, value] : by_method[row.method]) figures.insert(figure);
  }
  page::Table last;
  if (figures.empty()) return last;
  last.caption = "Training of the new model: figures of the last epoch, mean over seeds";
  std::vector<std::string> titles = {"method"};
  titles.insert(titles.end(), figures.begin(), figures.end());
  last.columns = page::NumberColumns(titles);
  for (const LeaderboardRow& row : table.rows) {
    last.rows.push_back({{row.method, std::nullopt, false}});
    for (const std::string& figure : figures) {
      const auto found = by_method[row.method].find(figure);
      last.rows.back().push_back(
          found == by_method[row.method].end()
              ? Cell{"-", std::nullopt, true}
              : Cell{fmt::format("{:.4g}", found->second), found->second, false});
    }
  }
  return last;
}

}  // namespace bcr::board
