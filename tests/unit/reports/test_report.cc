#include "tests/unit/reports/test_report.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "harness/metrics/table.h"

namespace bcr {
namespace {

SetRecord MakeSet(const std::string& model, const std::string& side) {
  SetRecord set;
  set.model = model;
  set.side = side;
  set.rows = 6;
  set.width = 8;
  set.identities = 3;
  set.cameras = 2;
  set.hash = "hash of " + model + side;
  set.index_hash = "index of " + side;
  set.shards = {{model + "/features.npy", model + "/index.csv", 6, 8, "float32"}};
  return set;
}

}  // namespace

std::vector<PerQueryRow> TestRows(const std::vector<double>& ap) {
  std::vector<PerQueryRow> rows;
  for (size_t i = 0; i < ap.size(); ++i) {
    PerQueryRow row;
    row.image = fmt::format("q{}.jpg", i);
    row.identity = fmt::format("{}", i / 2 + 1);
    row.camera = "c1";
    row.valid = i + 1 < ap.size();
    if (row.valid) {
      row.ap_hits = ap[i];
      row.ap_trapezoid = ap[i] / 2;
      row.inp = ap[i];
      row.first_rank = ap[i] >= 0.5 ? 1 : 3;
      row.of_ranks.assign(RankMetrics().size(), ap[i]);
    }
    rows.push_back(row);
  }
  return rows;
}

CellRecord CellFromRows(const std::string& query_model, const std::string& gallery_model,
                        const std::vector<PerQueryRow>& rows) {
  CellRecord cell;
  cell.query_model = query_model;
  cell.gallery_model = gallery_model;
  cell.gallery_size = 20;
  double ap = 0, hit1 = 0, hit5 = 0;
  for (const PerQueryRow& row : rows) {
    ++(row.valid ? cell.valid_queries : cell.invalid_queries);
    ap += row.ap_hits;
    hit1 += HitAt(row, 0);
    hit5 += HitAt(row, 1);
  }
  const auto n = static_cast<double>(cell.valid_queries);
  const auto metric = [&](double sum) {
    return MetricValue{sum / n, std::nullopt, std::nullopt, cell.valid_queries};
  };
  cell.metrics["map_hits"] = metric(ap);
  cell.metrics["minp"] = metric(ap);
  cell.metrics["cmc1"] = metric(hit1);
  cell.metrics["cmc5"] = metric(hit5);
  for (const MetricInfo* info : RankMetrics()) {
    double sum = 0;
    for (const PerQueryRow& row : rows) sum += ValueOf(row, *info).value_or(0);
    cell.metrics[info->name] = metric(sum);
  }
  return cell;
}

ScoreReport TestReport() {
  ScoreReport report;
  report.models = {"old", "new"};
  for (const std::string& model : report.models) {
    for (const char* side : {"query", "gallery"}) report.sets.push_back(MakeSet(model, side));
  }
  report.scoring = {1, "market", "cosine", true, "given", "equal", "hits", "row", "camera", "-1"};
  report.statistics = {2000, 1, 0.95};
  report.cells = {CellFromRows("old", "old", TestRows({0.4, 0.5, 0.6, 0.3, 0.5, 0})),
                  CellFromRows("new", "new", TestRows({0.8, 0.9, 0.8, 0.7, 0.9, 0})),
                  CellFromRows("new", "old", TestRows({0.6, 0.7, 0.7, 0.4, 0.7, 0}))};
  CompatibilityRecord compatibility;
  compatibility.gain = {0.16, 0.1, 0.2, 5};
  compatibility.update_gain_reason = "no paragon was given";
  compatibility.verdict = "yes";
  compatibility.values["relative_gain"] = {0.35, std::nullopt, std::nullopt, 5};
  compatibility.reasons["p_up"] = "no paragon was given";
  report.compatibility = compatibility;
  report.sections.pair_criterion = PairFigures{{3, 2, 1, 0.25, 2.0 / 3}, {5, 5, 0, 0, 1}, 0.1};
  report.time_split = {{"scoring", 0.5}};
  report.peak_memory_mib = 12.5;
  report.provenance = {Free({{"version", "0.1.0"}}), Free({{"cores", 2}}), Free(Json::object()),
                       "bcreid score", "2026-01-31T12:00:00Z"};
  return report;
}

}  // namespace bcr
