#include "reports/upgrade_pictures.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/metrics/table.h"
#include "reports/number_text.h"
#include "reports/picture/heat_map.h"
#include "reports/picture/histogram_pair.h"
#include "reports/picture/interval_chart.h"
#include "reports/picture/line_plot.h"
#include "reports/picture_file.h"
#include "reports/threshold_text.h"
#include "reports/training_curves.h"

namespace bcr {
namespace {

using page::Table;
using picture::Axis;
using picture::Format;

const Axis kRateAxis = {"share of queries", Format::kPercent, false, {}, {}};

std::string NameOf(const std::string& query, const std::string& gallery) {
  return query + "/" + gallery;
}

// Points of a line, x and y by row.
Table NumbersOf(const std::string& caption, const std::string& x,
                const std::vector<picture::Series>& series, Format format) {
  Table table{caption, {}, {}, 0, false};
  std::vector<std::string> titles = {x};
  for (const auto& line : series) titles.push_back(line.name);
  table.columns = page::NumberColumns(titles);
  size_t longest = 0;
  for (const auto& line : series) longest = std::max(longest, line.points.size());
  for (size_t i = 0; i < longest; ++i) {
    std::vector<std::string> texts = {""};
    for (const auto& line : series) {
      const bool there = i < line.points.size();
      if (there) texts[0] = picture::ValueText(Format::kPlain, line.points[i].x, 0);
      texts.push_back(there ? picture::ValueText(format, line.points[i].y, 1) : "-");
    }
    table.rows.push_back(page::TextCells(texts));
  }
  return table;
}

void AddLinePlot(const std::string& name, picture::LinePlot plot, const std::string& caption,
                 Table numbers, std::vector<UpgradePicture>& pictures) {
  if (plot.series.empty()) return;
  pictures.push_back({name, {picture::LinePlotSvg(plot), caption, std::move(numbers)}});
}

// Curves of every cell that was scored, with bands where they are known.
void AddRankCurves(const UpgradeView& view, const std::vector<RankBand>& bands,
                   std::vector<UpgradePicture>& pictures) {
  picture::LinePlot plot;
  plot.texts = {"CMC of every cell", "The share of queries with a match within rank k."};
  plot.x = {"rank k", Format::kPlain, true, {}, {}};
  plot.y = kRateAxis;
  for (size_t c = 0; c < view.cells->size(); ++c) {
    const CellRecord& cell = (*view.cells)[c];
    if (cell.status != "ok" || cell.cmc.empty()) continue;
    picture::Series series;
    series.name = NameOf(cell.query_model, cell.gallery_model);
    series.dashed = cell.query_model != cell.gallery_model;
    for (size_t k = 0; k < cell.cmc.size(); ++k) {
      picture::LinePoint point{static_cast<double>(k + 1), cell.cmc[k], {}, {}};
      if (c < bands.size() && k < bands[c].low.size()) {
        point.low = bands[c].low[k];
        point.high = bands[c].high[k];
      }
      series.points.push_back(point);
    }
    plot.series.push_back(std::move(series));
  }
  Table numbers = NumbersOf("CMC", "rank k", plot.series, Format::kPercent);
  AddLinePlot("cmc", std::move(plot),
              "Query model/gallery model; dashed: two models meet. Bands: 95 %, other people, the "
              "same gallery.",
              std::move(numbers), pictures);
}

std::vector<std::string> Distinct(const std::vector<CellRecord>& cells,
                                  std::string CellRecord::*name) {
  std::vector<std::string> names;
  for (const CellRecord& cell : cells) {
    if (std::find(names.begin(), names.end(), cell.*name) == names.end())
      names.push_back(cell.*name);
  }
  return names;
}

void AddCellMap(const UpgradeView& view, const MetricInfo& metric, const std::string& name,
                std::vector<UpgradePicture>& pictures) {
  picture::HeatMap map;
  map.texts = {metric.Label() + " of every cell",
               "Rows: whose queries; columns: whose gallery. In percent."};
  map.rows_title = "queries of";
  map.columns_title = "gallery of";
  map.rows = Distinct(*view.cells, &CellRecord::query_model);
  map.columns = Distinct(*view.cells, &CellRecord::gallery_model);
  map.value = {metric.Label(), Format::kPercent, false, {}, {}};
  Table numbers{metric.Label() + " in percent", {}, {}, 0, false};
  std::vector<std::string> titles = {"queries of"};
  titles.insert(titles.end(), map.columns.begin(), map.columns.end());
  numbers.columns = page::NumberColumns(titles);
  for (const std::string& query : map.rows) {
    map.values.emplace_back();
    std::vector<std::string> texts = {query};
    for (const std::string& gallery : map.columns) {
      const CellRecord* cell = view.Cell(query, gallery);
      const bool there = cell != nullptr && cell->metrics.count(metric.name) > 0;
      std::optional<double> value;
      if (there) value = cell->metrics.at(metric.name).value;
      map.values.back().push_back(value);
      texts.push_back(value ? Percent(*value) : "-");
    }
    numbers.rows.push_back(page::TextCells(texts));
  }
  pictures.push_back({name,
                      {picture::HeatMapSvg(map),
                       metric.Label() + ": the queries of one model search the gallery of another.",
                       std::move(numbers)}});
}

// Where a threshold that was set in old/old stands, and the one that keeps its rate in new/old.
std::vector<picture::VerticalLine> Thresholds(const UpgradeView& view, bool cross) {
  const auto* chosen = HeadlineTransfer(*view.sections->thresholds);
  if (chosen == nullptr) return {};
  const std::string set = fmt::format("set for {:g} %", 100 * chosen->wanted);
  if (!cross) return {{chosen->before.threshold, set}};
  if (chosen->before.threshold == chosen->kept.threshold)
    return {{chosen->before.threshold, set + ", and keeps it"}};
  return {{chosen->before.threshold, set}, {chosen->kept.threshold, "keeps it"}};
}

// The bars as a table: long, but all that the picture shows.
Table BarsOf(const ThresholdFigures::Histogram& bars) {
  Table table{"Pairs by score",
              page::NumberColumns({"from", "to", "one person", "two people"}),
              {},
              0,
              false};
  for (size_t i = 0; i + 1 < bars.edges.size(); ++i) {
    table.rows.push_back(page::TextCells(
        {fmt::format("{:.4f}", bars.edges[i]), fmt::format("{:.4f}", bars.edges[i + 1]),
         fmt::format("{}", bars.genuine[i]), fmt::format("{}", bars.impostors[i])}));
  }
  return table;
}

// The values of an upgrade that are differences with an interval, e.g. "cmc1.gain".
std::vector<picture::IntervalRow> GainRows(const CompatibilityRecord& record) {
  std::vector<picture::IntervalRow> rows;
  const auto add = [&](const std::string& name, const MetricValue& value) {
    rows.push_back({name, value.value, value.low, value.high, {}, SignedPoints(value.value)});
  };
  add(HeadlineMetric().Label(), record.gain);
  const std::string suffix = ".gain";
  for (const auto& [name, value] : record.values) {
    if (!name.ends_with(suffix)) continue;
    const MetricInfo* metric = FindMetric(name.substr(0, name.size() - suffix.size()));
    add(metric == nullptr ? name : metric->Label(), value);
  }
  return rows;
}

picture::LinePlot EpochPlot(const ModelRecord& model, const std::string& what) {
  picture::LinePlot plot;
  plot.texts = {fmt::format("{} of the model {}", what, model.key), "By epoch of training."};
  plot.x = {"epoch", Format::kPlain, false, {}, {}};
  plot.y = {what, Format::kPlain, false, {}, {}};
  return plot;
}

void AddEpochCurves(const std::string& name, picture::LinePlot plot, const EpochCurves& curves,
                    std::vector<UpgradePicture>& pictures) {
  for (const auto& [figure, values] : curves) {
    picture::Series series;
    series.name = figure;
    for (const EpochValue& value : values)
      series.points.push_back({static_cast<double>(value.epoch), value.value, {}, {}});
    plot.series.push_back(std::move(series));
  }
  Table numbers = NumbersOf(plot.texts.title, "epoch", plot.series, Format::kPlain);
  const std::string caption = plot.texts.title + ".";
  AddLinePlot(name, std::move(plot), caption, std::move(numbers), pictures);
}

}  // namespace

std::vector<UpgradePicture> SearchPictures(const UpgradeView& view,
                                           const std::vector<RankBand>& bands) {
  std::vector<UpgradePicture> pictures;
  AddCellMap(view, HeadlineMetric(), "map", pictures);
  AddCellMap(view, *FindMetric("cmc1"), "rank-1", pictures);
  AddRankCurves(view, bands, pictures);
  return pictures;
}

std::vector<UpgradePicture> GainPictures(const UpgradeView& view) {
  if (view.compatibility == nullptr) return {};
  picture::IntervalChart chart;
  chart.texts = {"Gain on the old gallery, by measure",
                 "New queries less old queries, both on the old gallery, with intervals of 95 %."};
  chart.x = {"points", Format::kPoints, false, {}, {}};
  chart.rows = GainRows(*view.compatibility);
  Table numbers{
      "Gains in points", page::NumberColumns({"measure", "gain", "low", "high"}), {}, 0, false};
  for (const auto& row : chart.rows) {
    numbers.rows.push_back(
        page::TextCells({row.name, SignedPoints(row.mean), row.low ? SignedPoints(*row.low) : "-",
                         row.high ? SignedPoints(*row.high) : "-"}));
  }
  return {{"gains",
           {picture::IntervalChartSvg(chart),
            "Above 0 the new model's queries find more on the old gallery than the old model's.",
            std::move(numbers)}}};
}

std::vector<UpgradePicture> ThresholdPictures(const UpgradeView& view) {
  std::vector<UpgradePicture> pictures;
  if (!view.sections->thresholds) return pictures;
  for (const ThresholdFigures::Cell& cell : view.sections->thresholds->cells) {
    const bool cross =
        cell.query_model == view.models.new_model && cell.gallery_model == view.models.old_model;
    const bool old_self =
        cell.query_model == view.models.old_model && cell.gallery_model == view.models.old_model;
    picture::HistogramPair pair;
    const std::string name = NameOf(cell.query_model, cell.gallery_model);
    pair.texts = {"Scores of " + name, "How scores of pairs of one person and of two are spread."};
    pair.x = {view.distance, Format::kPlain, false, {}, {}};
    pair.edges = cell.histogram.edges;
    pair.genuine.assign(cell.histogram.genuine.begin(), cell.histogram.genuine.end());
    pair.impostors.assign(cell.histogram.impostors.begin(), cell.histogram.impostors.end());
    pair.genuine_name = "pairs of one person";
    pair.impostors_name = "pairs of two people";
    if (cross || old_self) pair.verticals = Thresholds(view, cross);
    pictures.push_back(
        {"scores-" + FileNamePart(cell.query_model) + "-" + FileNamePart(cell.gallery_model),
         {picture::HistogramPairSvg(pair), name + ": each kind as shares of its own.",
          BarsOf(cell.histogram)}});
  }
  return pictures;
}

std::vector<UpgradePicture> BackfillPictures(const UpgradeView& view) {
  std::vector<UpgradePicture> pictures;
  if (!view.sections->backfill) return pictures;
  picture::LinePlot plot;
  plot.texts = {"mAP while the gallery is extracted again",
                "By the share of the gallery that carries new features, for each order."};
  plot.x = {"percent of the gallery", Format::kPlain, false, 0, 100};
  plot.y = {"mAP", Format::kPercent, false, {}, {}};
  for (const BackfillCurves::Curve& curve : view.sections->backfill->curves) {
    picture::Series series;
    series.name = curve.order;
    series.dots = true;
    for (const auto& point : curve.points) {
      picture::LinePoint place{100 * point.share, point.map_hits, {}, {}};
      if (curve.shuffles > 1) {
        place.low = point.map_hits - point.map_deviation;
        place.high = point.map_hits + point.map_deviation;
      }
      series.points.push_back(place);
    }
    plot.series.push_back(std::move(series));
  }
  Table numbers =
      NumbersOf("mAP by share extracted again", "percent", plot.series, Format::kPercent);
  AddLinePlot("backfill", std::move(plot),
              "Orders in which images are extracted again; `oracle` knows who is who and is a "
              "bound. Bands: the deviation over shuffles.",
              std::move(numbers), pictures);
  return pictures;
}

std::vector<UpgradePicture> TrainingPictures(const std::vector<ModelRecord>& models) {
  std::vector<UpgradePicture> pictures;
  for (const ModelRecord& model : models) {
    AddEpochCurves("training-" + FileNamePart(model.key), EpochPlot(model, "Losses"),
                   EpochFigures(model), pictures);
    AddEpochCurves("clusters-" + FileNamePart(model.key), EpochPlot(model, "Clusters"),
                   EpochClusters(model), pictures);
  }
  return pictures;
}

}  // namespace bcr
