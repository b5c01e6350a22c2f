#include "reports/group_means.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

namespace bcr::board {
namespace {

using Tables = std::vector<const LeaderboardTable*>;

// The `group` of the setting as the record's configuration holds it; null where there is none.
const Json* GroupJsonOf(const RunRecord& record) {
  if (record.configuration == nullptr) return nullptr;
  const Json& configuration = *record.configuration;
  const auto setting = configuration.find("setting");
  if (setting == configuration.end() || !setting->is_object()) return nullptr;
  const auto group = setting->find("group");
  return group == setting->end() || !group->is_object() ? nullptr : &*group;
}

std::vector<std::string> KeyOf(const LeaderboardTable& table) {
  std::vector<std::string> key = {table.group, table.profile.name,
                                  std::to_string(table.profile.revision),
                                  std::to_string(table.scoring.revision)};
  for (const auto& data : table.data) key.insert(key.end(), {data.role, data.hash});
  for (const auto& [name, value] : table.conditions) key.insert(key.end(), {name, value});
  return key;
}

// Adds a setting's figures to the sums; false where one of them is absent.
bool AddFigures(const LeaderboardRow& row, std::vector<GroupTable::Figure>& sums) {
  for (size_t i = 0; i < row.group.size(); ++i) {
    const LeaderboardRow::GroupFigure& figure = row.group[i];
    if (!figure.map || !figure.rank1) return false;
    if (sums.size() == i) sums.push_back({figure.name, 0, 0});
    if (sums[i].name != figure.name) return false;
    sums[i].map += figure.map->mean;
    sums[i].rank1 += figure.rank1->mean;
  }
  return sums.size() == row.group.size();
}

GroupTable::Row MeanRow(const std::string& method, const Tables& tables) {
  GroupTable::Row row;
  row.method = method;
  bool whole = true;
  for (const LeaderboardTable* table : tables) {
    const auto found =
        std::find_if(table->rows.begin(), table->rows.end(),
                     [&](const LeaderboardRow& other) { return other.method == method; });
    if (found == table->rows.end()) continue;
    ++row.settings;
    whole = AddFigures(*found, row.figures) && whole;
  }
  if (!whole || row.settings < tables.size()) row.figures.clear();
  for (GroupTable::Figure& figure : row.figures) {
    figure.map /= static_cast<double>(tables.size());
    figure.rank1 /= static_cast<double>(tables.size());
  }
  return row;
}

GroupTable Average(const Tables& tables) {
  GroupTable group;
  group.name = tables.front()->group;
  group.profile = tables.front()->profile;
  group.conditions = tables.front()->conditions;
  std::map<std::string, bool> methods;
  for (const LeaderboardTable* table : tables) {
    group.settings.push_back(table->setting.name);
    for (const LeaderboardRow& row : table->rows) methods[row.method] = true;
  }
  for (const auto& [method, seen] : methods) group.rows.push_back(MeanRow(method, tables));
  std::stable_sort(group.rows.begin(), group.rows.end(),
                   [](const GroupTable::Row& a, const GroupTable::Row& b) {
                     if (a.figures.empty() || b.figures.empty())
                       return !a.figures.empty() && b.figures.empty();
                     return a.figures[0].map > b.figures[0].map;
                   });
  return group;
}

}  // namespace

std::string GroupOf(const RunRecord& record) {
  const Json* group = GroupJsonOf(record);
  if (group == nullptr || !group->contains("name") || !group->at("name").is_string()) return "";
  return group->at("name").get<std::string>();
}

std::vector<GroupCell> GroupCellsOf(const RunRecord& record) {
  std::vector<GroupCell> cells;
  const Json* group = GroupJsonOf(record);
  if (group == nullptr || !group->contains("figures") || !group->at("figures").is_array())
    return cells;
  for (const Json& figure : group->at("figures")) {
    const bool named = figure.is_array() && figure.size() == 3 &&
                       std::all_of(figure.begin(), figure.end(),
                                   [](const Json& part) { return part.is_string(); });
    if (named) cells.push_back({figure[0], figure[1], figure[2]});
  }
  return cells;
}

std::vector<GroupTable> GroupMeans(const std::vector<LeaderboardTable>& tables) {
  std::map<std::vector<std::string>, Tables> groups;
  for (const LeaderboardTable& table : tables) {
    if (!table.group.empty()) groups[KeyOf(table)].push_back(&table);
  }
  std::vector<GroupTable> means;
  for (const auto& [key, members] : groups) means.push_back(Average(members));
  return means;
}

}  // namespace bcr::board
