#include "reports/block_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "harness/metrics/table.h"
#include "reports/number_text.h"
#include "reports/text_table.h"

namespace bcr {
namespace {

constexpr size_t kHardest = 3;  // camera pairs shown of each cell

std::string CellOf(const Json& json) {
  return json.at("query_model").get<std::string>() + "/" +
         json.at("gallery_model").get<std::string>();
}

// "12.3", or "-" where there is no value.
std::string ValueText(const Json& estimate) {
  return estimate.contains("value") ? Percent(estimate.at("value").get<double>()) : "-";
}

}  // namespace

std::string MatrixText(const Json& matrix) {
  std::vector<std::vector<std::string>> rows = {{"mAP: query model, by gallery model"}};
  const auto keys = matrix.at("models").get<std::vector<std::string>>();
  rows[0].insert(rows[0].end(), keys.begin(), keys.end());
  for (size_t t = 0; t < keys.size(); ++t) {
    rows.push_back({keys[t]});
    for (const Json& entry : matrix.at("map_hits").at(t)) rows.back().push_back(ValueText(entry));
  }
  std::string text = AlignedTable(rows, {0});
  std::vector<std::vector<std::string>> figures;
  for (const MetricInfo* metric : MetricTable()) {
    if (!metric->matrix) continue;
    const std::string key = metric->name.substr(metric->name.find('.') + 1);
    const bool there = matrix.at("values").contains(key);
    const std::string value = there ? ValueText(matrix.at("values").at(key)) : "-";
    figures.push_back({value, metric->label + ": " + metric->about});
  }
  return text + AlignedTable(figures, {1});
}

std::string BackfillText(const Json& backfill) {
  std::vector<std::vector<std::string>> rows;
  for (const Json& curve : backfill.at("curves")) {
    std::vector<std::string> header = {"mAP by share of the gallery re-extracted"};
    std::vector<std::string> row = {curve.at("order").get<std::string>()};
    const Json& points = curve.at("points");
    for (size_t i = 0; i<points.size(); i += points.size()> 6 ? 2 : 1) {
      header.push_back(fmt::format("{} %", std::lround(100 * points[i].at("share").get<double>())));
      row.push_back(Percent(points[i].at("map_hits").get<double>()));
    }
    header.insert(header.end(), {"area", "95 % at"});
    row.push_back(ValueText(curve.at("area")));
    row.push_back(Percent(curve.at("share_to_95").get<double>(), 0) + " %");
    if (rows.empty()) rows.push_back(header);
    rows.push_back(row);
  }
  return AlignedTable(rows, {0});
}

std::string SlicesText(const Json& slices) {
  std::vector<std::vector<std::string>> rows = {
      {"hardest camera pairs", "query camera", "gallery camera", "queries", "mAP", "rank-1"}};
  for (const Json& cell : slices.at("cells")) {
    std::vector<const Json*> pairs;
    for (const Json& pair : cell.at("camera_pairs")) {
      if (pair.at("map_hits").contains("value")) pairs.push_back(&pair);
    }
    std::stable_sort(pairs.begin(), pairs.end(), [](const Json* a, const Json* b) {
      return a->at("map_hits").at("value").get<double>() <
             b->at("map_hits").at("value").get<double>();
    });
    for (size_t i = 0; i < std::min(kHardest, pairs.size()); ++i) {
      const Json& pair = *pairs[i];
      rows.push_back({CellOf(cell), Shortened(pair.at("query_camera").get<std::string>(), 20),
                      Shortened(pair.at("gallery_camera").get<std::string>(), 20),
                      Grouped(pair.at("valid_queries").get<int64_t>()),
                      ValueText(pair.at("map_hits")), ValueText(pair.at("cmc1"))});
    }
  }
  return AlignedTable(rows, {0, 1, 2});
}

std::string SearchText(const Json& search) {
  const auto k = search.at("k").get<int>();
  std::vector<std::vector<std::string>> rows = {
      {search.at("index").get<std::string>(), "recall@1", "recall@10", fmt::format("recall@{}", k),
       "mAP exact", "cut", "found", "rank-1 exact", "cut", "found"}};
  const auto percent = [](const Json& json, const char* key) {
    return Percent(json.at(key).get<double>());
  };
  for (const Json& cell : search.at("cells")) {
    const Json &exact = cell.at("exact"), &found = cell.at("approximate");
    const Json& cut = cell.at("truncated");
    rows.push_back({CellOf(cell), percent(cell, "recall_at_1"), percent(cell, "recall_at_10"),
                    percent(cell, "recall_at_k"), percent(exact, "map_hits"),
                    percent(cut, "map_hits"), percent(found, "map_hits"), percent(exact, "cmc1"),
                    percent(cut, "cmc1"), percent(found, "cmc1")});
  }
  std::string text =
      AlignedTable(rows, {0}) +
      fmt::format(
          "exact: whole lists; cut: exact search, lists end at {0}; found: this index, "
          "lists end at {0}.\nFrom cut to found is what the index costs; from exact to cut "
          "is what short lists cost.\n",
          k);
  if (search.contains("compatibility")) {
    const auto verdict = [&](const char* way) {
      const Json& judged = search.at("compatibility").at(way);
      return fmt::format("{} ({})", judged.at("verdict").get<std::string>(),
                         SignedPoints(judged.at("gain").at("value").get<double>()));
    };
    text += fmt::format("compatible (gain in points)? exact: {}; cut: {}; found: {}\n",
                        verdict("exact"), verdict("truncated"), verdict("approximate"));
  }
  return text;
}

}  // namespace bcr
