#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "harness/core/error.h"
#include "reports/run_record.h"

namespace bcr {
namespace {

[[noreturn]] void Refuse(const std::string& where, const std::string& found,
                         const std::string& expected) {
  throw Error(ErrorCode::kData,
              {where, found, expected, "The record contradicts itself: make it anew."});
}

void CheckMetric(const MetricValue& metric, double low, double high, const std::string& where) {
  if (!(metric.value >= low && metric.value <= high)) {
    Refuse(where, fmt::format("{}", metric.value), fmt::format("a value from {} to {}", low, high));
  }
  if (metric.low.has_value() != metric.high.has_value())
    Refuse(where, "half an interval", "low and high, or neither");
  if (metric.low && !(*metric.low >= low && *metric.low <= *metric.high && *metric.high <= high)) {
    Refuse(where, fmt::format("the interval [{}, {}]", *metric.low, *metric.high),
           fmt::format("low <= high, both from {} to {}", low, high));
  }
}

void CheckCmc(const CellRecord& cell, const std::string& where) {
  double previous = 0;
  for (double value : cell.cmc) {
    if (!(value >= previous && value <= 1)) {
      Refuse(where + ".cmc", fmt::format("{} after {}", value, previous),
             "a curve that rises within [0, 1]");
    }
    previous = value;
  }
  for (size_t k : {1U, 5U, 10U}) {
    const auto metric = cell.metrics.find(fmt::format("cmc{}", k));
    if (metric == cell.metrics.end() || cell.cmc.size() < k ||
        cell.cmc[k - 1] == metric->second.value)
      continue;
    Refuse(where + ".cmc", fmt::format("{} at rank {}", cell.cmc[k - 1], k),
           fmt::format("cmc{} of the metrics, {}", k, metric->second.value));
  }
}

void CheckCell(const CellRecord& cell, const std::string& where) {
  if (cell.status == "failed") {
    if (cell.error.empty() || !cell.metrics.empty())
      Refuse(where, "a failed cell", "an error and no metrics");
    return;
  }
  if (cell.status != "ok") Refuse(where, cell.status, "ok or failed");
  if (!cell.error.empty()) Refuse(where, "an error in a cell that is ok", "none");
  if (cell.metrics.count("map_hits") == 0)
    Refuse(where, "no map_hits", "at least map_hits in a cell that is ok");
  for (const auto& [name, metric] : cell.metrics) {
    const auto& names = MetricNames();
    if (std::find(names.begin(), names.end(), name) == names.end())
      Refuse(where, name, "a known metric");
    CheckMetric(metric, 0, 1, where + "." + name);
    if (metric.n != cell.valid_queries) {
      Refuse(where + "." + name, fmt::format("n = {}", metric.n),
             fmt::format("{} valid queries", cell.valid_queries));
    }
  }
  CheckCmc(cell, where);
}

void CheckCells(const RunRecord& record, const std::string& where) {
  std::set<std::string> keys;
  for (const ModelRecord& model : record.models) {
    if (!keys.insert(model.key).second)
      Refuse(where + ": models", model.key + " twice", "each key once");
  }
  std::set<std::pair<std::string, std::string>> seen;
  for (const CellRecord& cell : record.cells) {
    const std::string name =
        fmt::format("{}: cell {}/{}", where, cell.query_model, cell.gallery_model);
    if (!seen.insert({cell.query_model, cell.gallery_model}).second)
      Refuse(name, "the cell twice", "each cell once");
    for (const std::string& key : {cell.query_model, cell.gallery_model}) {
      if (keys.count(key) == 0)
        Refuse(name, fmt::format("the model `{}`", key), "a key of `models`");
    }
    CheckCell(cell, name);
  }
}

void CheckStatus(const RunRecord& record, const std::string& where) {
  const bool any_failed = std::any_of(record.cells.begin(), record.cells.end(),
                                      [](const CellRecord& cell) { return cell.status != "ok"; });
  if (record.status == "ok" && (any_failed || !record.error.empty() || record.cells.empty())) {
    Refuse(where, "status ok beside an error, a failed cell or no cell", "partial or failed");
  }
  if (record.status != "ok" && record.error.empty())
    Refuse(where, "status " + record.status, "an error that says why");
  if (record.official != record.unofficial_reasons.empty()) {
    Refuse(where,
           record.official ? "official beside reasons against it" : "unofficial without a reason",
           "unofficial_reasons exactly where official is false");
  }
}

}  // namespace

const std::vector<std::string>& MetricNames() {
  static const std::vector<std::string> names = {"map_hits", "map_trapezoid", "minp",
                                                 "cmc1",     "cmc5",          "cmc10"};
  return names;
}

const CellRecord* FindCell(const RunRecord& record, const std::string& query_model,
                           const std::string& gallery_model) {
  for (const CellRecord& cell : record.cells) {
    if (cell.query_model == query_model && cell.gallery_model == gallery_model) return &cell;
  }
  return nullptr;
}

void CheckRecord(const RunRecord& record, const std::string& where) {
  CheckStatus(record, where);
  CheckCells(record, where);
  if (!record.compatibility) return;
  const CompatibilityRecord& compatibility = *record.compatibility;
  CheckMetric(compatibility.gain, -1, 1, where + ": compatibility.gain");
  if (compatibility.update_gain.has_value() != compatibility.update_gain_reason.empty()) {
    Refuse(where + ": compatibility", "an update gain beside a reason for its absence, or neither",
           "one of them");
  }
}

}  // namespace bcr
