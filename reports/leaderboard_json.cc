#include <nlohmann/json.hpp>

#include "harness/metrics/table.h"
#include "reports/conditions.h"
#include "reports/leaderboard.h"
#include "reports/row_figures.h"

namespace bcr {
namespace {

void AddValue(Json& row, const char* key, const std::optional<FoldedValue>& value) {
  if (!value) return;
  Json json = {{"mean", value->mean}, {"n", value->n}};
  if (value->deviation) json["deviation"] = *value->deviation;
  if (value->low) json["low"] = *value->low;
  if (value->high) json["high"] = *value->high;
  row[key] = json;
}

Json RowJson(const LeaderboardRow& row) {
  Json json = {{"method", {{"name", row.method}, {"revision", row.method_revision}}},
               {"seeds", row.seeds},
               {"records", row.files}};
  if (row.rank > 0) {
    json["rank"] = row.rank;
    json["tied_with_leader"] = row.tied_with_leader;
  }
  if (!row.reason.empty()) json["reason"] = row.reason;
  if (!row.verdict.empty()) json["verdict"] = row.verdict;
  for (const board::RowFigure& figure : board::kRowFigures)
    AddValue(json, figure.name, row.*figure.value);
  if (row.update_gain) json["update_gain_clear"] = row.update_gain_clear;
  for (const auto& [name, value] : row.matrix) AddValue(json["matrix"], name.c_str(), value);
  return json;
}

Json RowsJson(const std::vector<LeaderboardRow>& rows) {
  Json list = Json::array();
  for (const LeaderboardRow& row : rows) list.push_back(RowJson(row));
  return list;
}

Json ScoringJson(const ScoringRecord& s) {
  return {{"revision", s.revision},
          {"policy", s.policy},
          {"distance", s.distance},
          {"normalised", s.normalised},
          {"feature_side", s.feature_side},
          {"widths", s.widths},
          {"ap", s.ap},
          {"ties", s.ties},
          {"camera_rule", s.camera_rule},
          {"junk_rule", s.junk_rule}};
}

Json DataJson(const std::vector<LeaderboardTable::Data>& roles) {
  Json data = Json::object();
  for (const auto& entry : roles)
    data[entry.role] = {{"reference", entry.reference}, {"hash", entry.hash}};
  return data;
}

Json TableJson(const LeaderboardTable& table) {
  Json data = DataJson(table.data);
  for (const auto& [role, oddities] : table.oddities) data[role]["oddities"] = oddities;
  Json json = {{"setting", {{"name", table.setting.name}, {"revision", table.setting.revision}}},
               {"profile", {{"name", table.profile.name}, {"revision", table.profile.revision}}},
               {"data", data},
               {"scoring", ScoringJson(table.scoring)},
               {"conditions", board::Told(table.conditions)},
               {"metric", HeadlineMetric().name},
               {"rows", RowsJson(table.rows)},
               {"apart", RowsJson(table.apart)}};
  if (table.random_map) json["random_map"] = *table.random_map;
  return json;
}

Json GroupJson(const GroupTable& group) {
  Json rows = Json::array();
  for (const GroupTable::Row& row : group.rows) {
    Json figures = Json::object();
    for (const auto& figure : row.figures)
      figures[figure.name] = {{"map", figure.map}, {"cmc1", figure.rank1}};
    rows.push_back({{"method", row.method}, {"seeds", row.seeds}, {"figures", figures}});
    if (!row.reason.empty()) rows.back()["reason"] = row.reason;
  }
  return {{"name", group.name},
          {"profile", {{"name", group.profile.name}, {"revision", group.profile.revision}}},
          {"settings", group.settings},
          {"data", DataJson(group.data)},
          {"scoring", ScoringJson(group.scoring)},
          {"conditions", board::Told(group.conditions)},
          {"rows", rows}};
}

}  // namespace

bool IsLeaderboard(const Json& json) {
  return json.is_object() && json.contains("schema_version") && json.contains("tables");
}

Json LeaderboardJson(const Leaderboard& leaderboard) {
  Json tables = Json::array();
  for (const LeaderboardTable& table : leaderboard.tables) tables.push_back(TableJson(table));
  Json json = {{"schema_version", kLeaderboardSchemaVersion}, {"tables", tables}};
  for (const GroupTable& group : leaderboard.groups) json["groups"].push_back(GroupJson(group));
  return json;
}

}  // namespace bcr
