#include "reports/board_pictures.h"

#include <fmt/format.h>

#include <optional>
#include <set>

#include "reports/board_curves.h"
#include "reports/picture/heat_map.h"
#include "reports/picture/interval_chart.h"
#include "reports/picture/palette.h"
#include "reports/picture/scatter.h"
#include "reports/picture_file.h"
#include "reports/table_cells.h"

namespace bcr::board {
namespace {

using page::Cell;
using picture::Format;

std::optional<double> MeanOf(const std::optional<FoldedValue>& value) {
  return value ? std::optional<double>(value->mean) : std::nullopt;
}

Cell PercentCell(const std::optional<double>& value) {
  if (!value) return {"-", std::nullopt, true};
  return {picture::ValueText(Format::kPlain, 100 * *value), value};
}

Cell PointsCell(const std::optional<double>& value) {
  if (!value) return {"-", std::nullopt, true};
  return {picture::ValueText(Format::kPoints, *value), value};
}

std::string Where(const LeaderboardTable& table) {
  return fmt::format("{}, profile {}", table.setting.name, table.profile.name);
}

// The numbers of a heat map as a table.
page::Table NumbersOf(const picture::HeatMap& map, const std::string& caption) {
  page::Table numbers;
  numbers.caption = caption;
  std::vector<std::string> titles = {map.rows_title};
  titles.insert(titles.end(), map.columns.begin(), map.columns.end());
  numbers.columns = page::NumberColumns(titles);
  for (size_t r = 0; r < map.rows.size(); ++r) {
    numbers.rows.push_back({{map.rows[r], std::nullopt, false}});
    for (const auto& value : map.values[r]) numbers.rows.back().push_back(PercentCell(value));
  }
  return numbers;
}

BoardPicture CellsPicture(const LeaderboardTable& table) {
  picture::HeatMap map;
  map.texts = {"mAP of self-tests and cross-tests: " + Where(table),
               "One row a method, one column a cell: query model / gallery model."};
  map.rows_title = "method";
  map.columns_title = "query model / gallery model";
  map.columns = {"old/old", "new/old", "new/new", "old/new"};
  map.value = {"mAP", Format::kPercent};
  for (const LeaderboardRow& row : table.rows) {
    map.rows.push_back(row.method);
    map.values.push_back(
        {MeanOf(row.old_self), MeanOf(row.cross), MeanOf(row.new_self), MeanOf(row.reverse)});
  }
  return {"cells",
          "Self-tests and cross-tests",
          {picture::HeatMapSvg(map),
           "mAP of each pair of query model and gallery model, mean over seeds. old/old is old "
           "self, new/old is cross, new/new is new self, old/new is reverse.",
           NumbersOf(map, "mAP in percent, mean over seeds")}};
}

// The gains of a row's seeds, as far as its records are at hand.
std::vector<std::pair<int64_t, double>> SeedGains(const LeaderboardRow& row,
                                                  const PictureSource& source) {
  std::vector<std::pair<int64_t, double>> gains;
  for (const RunRecord* record : RecordsOf(row, source)) {
    if (record->compatibility) gains.emplace_back(record->seed, record->compatibility->gain.value);
  }
  return gains;
}

BoardPicture GainsPicture(const LeaderboardTable& table, const PictureSource& source) {
  picture::IntervalChart chart;
  chart.texts = {"Gains: " + Where(table),
                 "One row a method: cross less old self in points, with its 95 % interval. Right "
                 "of 0 the upgrade is compatible. Small dots are seeds."};
  chart.x = {"gain: cross - old self, points of mAP", Format::kPoints};
  page::Table numbers{"Gains in points",
                      {{"method"},
                       {"gain", page::Column::Kind::kNumber},
                       {"low", page::Column::Kind::kNumber},
                       {"high", page::Column::Kind::kNumber},
                       {"by seed"}},
                      {}};
  const auto printed = BodyCells(table, {});  // pictures print what the table prints
  for (size_t i = 0; i < table.rows.size(); ++i) {
    const LeaderboardRow& row = table.rows[i];
    if (!row.gain) continue;
    picture::IntervalRow drawn{row.method, row.gain->mean,   row.gain->low, row.gain->high,
                               {},         printed[i][kGain]};
    std::string seeds;
    for (const auto& [seed, gain] : SeedGains(row, source)) {
      drawn.values.push_back(gain);
      seeds += fmt::format("{}{}: {}", seeds.empty() ? "" : ", ", seed,
                           picture::ValueText(Format::kPoints, gain));
    }
    if (drawn.values.size() == 1) drawn.values.clear();  // one seed is its own mean
    chart.rows.push_back(drawn);
    numbers.rows.push_back({{row.method, std::nullopt, false},
                            PointsCell(row.gain->mean),
                            PointsCell(row.gain->low),
                            PointsCell(row.gain->high),
                            {seeds, std::nullopt, seeds.empty()}});
  }
  return {"gains",
          "Gains",
          {picture::IntervalChartSvg(chart),
           "Gain with its 95 % interval; small dots are the seeds of a method with several. A "
           "filled square: the interval leaves 0 out. A hollow one: it holds 0.",
           numbers}};
}

// One line for each old self there is: rows of other seeds may have another.
std::vector<picture::HorizontalLine> OldSelves(const LeaderboardTable& table) {
  std::map<std::string, std::pair<double, std::string>> by_text;
  for (const LeaderboardRow& row : table.rows) {
    if (!row.old_self) continue;
    auto& [value, methods] = by_text[picture::ValueText(Format::kPercent, row.old_self->mean, 2)];
    value = row.old_self->mean;
    methods += (methods.empty() ? "" : ", ") + row.method;
  }
  std::vector<picture::HorizontalLine> lines;
  for (const auto& [text, entry] : by_text)
    lines.push_back(
        {entry.first, by_text.size() == 1 ? "old self" : "old self of " + entry.second});
  return lines;
}

BoardPicture ParetoPicture(const LeaderboardTable& table, const PictureSource& source) {
  picture::Scatter scatter;
  scatter.texts = {"New self against cross: " + Where(table),
                   "One dot a method: mAP of the new model on its own gallery and on the old "
                   "gallery, with 95 % intervals. Above the line of old self, the upgrade gains."};
  scatter.x = {"new self, mAP", Format::kPercent};
  scatter.y = {"cross, mAP", Format::kPercent};
  scatter.frontier = true;
  scatter.horizontals = OldSelves(table);
  page::Table numbers{"mAP in percent, mean over seeds",
                      page::NumberColumns({"method", "new self", "cross", "old self"}),
                      {}};
  for (const LeaderboardRow& row : table.rows) {
    if (!row.new_self || !row.cross) continue;
    scatter.points.push_back({row.method, row.new_self->mean, row.cross->mean, row.new_self->low,
                              row.new_self->high, row.cross->low, row.cross->high,
                              source.looks.at(row.method)});
    numbers.rows.push_back({{row.method, std::nullopt, false},
                            PercentCell(row.new_self->mean),
                            PercentCell(row.cross->mean),
                            PercentCell(MeanOf(row.old_self))});
  }
  return {"new-self-and-cross",
          "New self against cross",
          {picture::ScatterSvg(scatter),
           "Up: more of the old gallery's searches succeed without new features. Right: the new "
           "model is better by itself. The dotted path joins the methods that no other one beats "
           "in both.",
           numbers}};
}

// Of chains: the mean mAP of every pair of models.
BoardPicture MatrixPicture(const LeaderboardTable& table, const LeaderboardRow& row,
                           const std::vector<const RunRecord*>& records) {
  picture::HeatMap map;
  map.texts = {fmt::format("mAP of all pairs of models, {}: {}", row.method, Where(table)),
               "One row a query model, one column a gallery model."};
  map.rows_title = "query model";
  map.columns_title = "gallery model";
  map.value = {"mAP", Format::kPercent};
  map.rows = records.front()->sections.matrix->models;
  map.columns = map.rows;
  for (const std::string& query : map.rows) {
    map.values.emplace_back();
    for (const std::string& gallery : map.columns)
      map.values.back().push_back(MeanMap(records, query, gallery));
  }
  return {"matrix." + FileNamePart(row.method),
          "All pairs of models: " + row.method,
          {picture::HeatMapSvg(map),
           "mAP of every query model on every gallery, mean over seeds; models in the order of "
           "the chain.",
           NumbersOf(map, "mAP in percent, mean over seeds")}};
}

}  // namespace

PictureSource SourceOf(const Leaderboard& leaderboard, const std::vector<StoredRecord>& records) {
  PictureSource source;
  for (const StoredRecord& stored : records) source.records[stored.file] = &stored.record;
  std::set<std::string> methods;
  for (const LeaderboardTable& table : leaderboard.tables) {
    for (const LeaderboardRow& row : table.rows) methods.insert(row.method);
  }
  // All looks but the neutral one, which every eighth would be.
  for (const std::string& method : methods) {
    const size_t place = source.looks.size();
    source.looks.emplace(method, place + place / picture::kNeutralLook);
  }
  return source;
}

std::vector<BoardPicture> TablePictures(const LeaderboardTable& table,
                                        const PictureSource& source) {
  if (table.rows.empty()) return {};
  std::vector<BoardPicture> pictures = {CellsPicture(table), GainsPicture(table, source),
                                        ParetoPicture(table, source)};
  if (auto curves = RankCurves(table, source); !curves.figure.svg.empty())
    pictures.push_back(std::move(curves));
  for (const LeaderboardRow& row : table.rows) {
    const auto records = RecordsOf(row, source);
    if (!row.matrix.empty() && !records.empty() && records.front()->sections.matrix)
      pictures.push_back(MatrixPicture(table, row, records));
  }
  return pictures;
}

std::vector<const RunRecord*> RecordsOf(const LeaderboardRow& row, const PictureSource& source) {
  std::vector<const RunRecord*> records;
  for (const std::string& file : row.files) {
    const auto found = source.records.find(file);
    if (found != source.records.end()) records.push_back(found->second);
  }
  return records;
}

}  // namespace bcr::board
