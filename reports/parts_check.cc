#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "harness/core/error.h"
#include "harness/metrics/table.h"
#include "reports/record_parts.h"

namespace bcr::parts {
namespace {

[[noreturn]] void Contradiction(const std::string& where, const std::string& found,
                                const std::string& expected) {
  throw Error(ErrorCode::kData,
              {where, found, expected, "The record contradicts itself: make it anew."});
}

}  // namespace

void CheckMetric(const MetricValue& metric, double low, double high, const std::string& where) {
  if (!(metric.value >= low && metric.value <= high)) {
    Contradiction(where, fmt::format("{}", metric.value),
                  fmt::format("a value from {} to {}", low, high));
  }
  if (metric.low.has_value() != metric.high.has_value())
    Contradiction(where, "half an interval", "low and high, or neither");
  if (metric.low && !(*metric.low >= low && *metric.low <= *metric.high && *metric.high <= high)) {
    Contradiction(where, fmt::format("the interval [{}, {}]", *metric.low, *metric.high),
                  fmt::format("low <= high, both from {} to {}", low, high));
  }
}

namespace {

void CheckCmc(const CellRecord& cell, const std::string& where) {
  double previous = 0;
  for (double value : cell.cmc) {
    if (!(value >= previous && value <= 1)) {
      Contradiction(where + ".cmc", fmt::format("{} after {}", value, previous),
                    "a curve that rises within [0, 1]");
    }
    previous = value;
  }
  for (const MetricInfo* info : QueryMetrics()) {
    if (info->query->value != QueryValue::kHitWithin) continue;
    const auto k = static_cast<size_t>(info->query->rank);
    const auto metric = cell.metrics.find(info->name);
    if (metric == cell.metrics.end() || cell.cmc.size() < k ||
        cell.cmc[k - 1] == metric->second.value)
      continue;
    Contradiction(where + ".cmc", fmt::format("{} at rank {}", cell.cmc[k - 1], k),
                  fmt::format("{} of the metrics, {}", info->name, metric->second.value));
  }
}

const MetricInfo& KnownMetric(const std::string& name, const std::string& where) {
  const MetricInfo* metric = FindMetric(name);
  if (metric == nullptr || !metric->query) Contradiction(where, name, "a known metric");
  return *metric;
}

void CheckCell(const CellRecord& cell, const std::string& where) {
  if (cell.status == "failed") {
    if (cell.error.empty() || !cell.metrics.empty())
      Contradiction(where, "a failed cell", "an error and no metrics");
    return;
  }
  if (cell.status != "ok") Contradiction(where, cell.status, "ok or failed");
  if (!cell.error.empty()) Contradiction(where, "an error in a cell that is ok", "none");
  const std::string& headline = HeadlineMetric().name;
  if (cell.metrics.count(headline) == 0) {
    Contradiction(where, "no " + headline,
                  fmt::format("at least {} in a cell that is ok", headline));
  }
  for (const auto& [name, reason] : cell.reasons) {
    KnownMetric(name, where + ".reasons");
    if (cell.metrics.count(name) > 0) {
      Contradiction(where + "." + name, "a value beside a reason for its absence", "one of them");
    }
  }
  for (const auto& [name, metric] : cell.metrics) {
    const Bounds bounds = BoundsOf(KnownMetric(name, where).unit);
    CheckMetric(metric, bounds.low, bounds.high, where + "." + name);
    if (metric.n != cell.valid_queries) {
      Contradiction(where + "." + name, fmt::format("n = {}", metric.n),
                    fmt::format("{} valid queries", cell.valid_queries));
    }
  }
  CheckCmc(cell, where);
}

}  // namespace

void CheckCells(const std::vector<std::string>& keys, const std::vector<CellRecord>& cells,
                const std::string& where) {
  std::set<std::string> known;
  for (const std::string& key : keys) {
    if (!known.insert(key).second)
      Contradiction(where + ": models", key + " twice", "each key once");
  }
  std::set<std::pair<std::string, std::string>> seen;
  for (const CellRecord& cell : cells) {
    const std::string name =
        fmt::format("{}: cell {}/{}", where, cell.query_model, cell.gallery_model);
    if (!seen.insert({cell.query_model, cell.gallery_model}).second)
      Contradiction(name, "the cell twice", "each cell once");
    // A failed cell may name a model that could not be made, which a record does not list.
    for (const std::string& key : {cell.query_model, cell.gallery_model}) {
      if (known.count(key) == 0 && cell.status != "failed")
        Contradiction(name, fmt::format("the model `{}`", key), "a key of `models`");
    }
    CheckCell(cell, name);
  }
}

void CheckAdapters(const std::vector<std::string>& keys, const std::vector<AdapterRecord>& adapters,
                   const std::string& where) {
  for (size_t i = 0; i < adapters.size(); ++i) {
    const AdapterRecord& adapter = adapters[i];
    const std::string place = fmt::format("{}: adapters[{}]", where, i);
    for (const std::string& key : {adapter.model, adapter.earlier}) {
      if (std::find(keys.begin(), keys.end(), key) == keys.end()) {
        Contradiction(place, fmt::format("the model `{}`", key), "a model of this result");
      }
    }
    if (adapter.width_in < 1 || adapter.width_out < 1) {
      Contradiction(place, fmt::format("width {} to {}", adapter.width_in, adapter.width_out),
                    "widths of 1 or more");
    }
  }
}

void CheckCompatibility(const CompatibilityRecord& compatibility, const std::string& where) {
  const Bounds bounds = BoundsOf(FindMetric("gain")->unit);
  CheckMetric(compatibility.gain, bounds.low, bounds.high, where + ".gain");
  if (compatibility.update_gain.has_value() != compatibility.update_gain_reason.empty()) {
    Contradiction(where, "an update gain beside a reason for its absence, or neither",
                  "one of them");
  }
  for (const auto& [name, value] : compatibility.values) {
    CheckMetric(value, -kMaxNumber, kMaxNumber, where + ".values." + name);
    if (compatibility.reasons.count(name) == 0) continue;
    Contradiction(where + ".values." + name, "a value beside a reason for its absence",
                  "one of them");
  }
}

}  // namespace bcr::parts
