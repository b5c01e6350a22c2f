#include "reports/group_means.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "reports/conditions.h"

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

std::map<std::string, std::string> SharedConditions(const LeaderboardTable& table) {
  auto conditions = table.conditions;
  std::erase_if(conditions, [](const auto& entry) { return entry.first.starts_with("init_"); });
  return conditions;
}

// Initial weights are no part of it: each setting's old model begins where the setting says.
std::vector<std::string> KeyOf(const LeaderboardTable& table) {
  std::vector<std::string> key = {table.group, table.profile.name,
                                  std::to_string(table.profile.revision),
                                  std::to_string(table.scoring.revision)};
  for (std::string& part : ScoringKey(table.scoring)) key.push_back(std::move(part));
  for (const auto& data : table.data) key.insert(key.end(), {data.role, data.hash});
  for (const auto& [name, value] : SharedConditions(table)) key.insert(key.end(), {name, value});
  return key;
}

const LeaderboardRow* FindRow(const LeaderboardTable& table, const std::string& method) {
  const auto found = std::find_if(table.rows.begin(), table.rows.end(),
                                  [&](const LeaderboardRow& row) { return row.method == method; });
  return found == table.rows.end() ? nullptr : &*found;
}

// Why a method has no mean over these tables; "" where it has one.
std::string WhyNoMean(const std::string& method, const Tables& tables) {
  const LeaderboardRow* first = nullptr;
  for (const LeaderboardTable* table : tables) {
    const LeaderboardRow* row = FindRow(*table, method);
    if (row == nullptr) return "not ranked in " + table->setting.name;
    for (const LeaderboardRow::GroupFigure& figure : row->group) {
      if (!figure.map || !figure.rank1)
        return table->setting.name + " lacks the figure `" + figure.name + "`";
    }
    if (first == nullptr) first = row;
    if (row->seeds != first->seeds)
      return table->setting.name + " has other seeds than " + tables.front()->setting.name;
    const bool same =
        std::equal(row->group.begin(), row->group.end(), first->group.begin(), first->group.end(),
                   [](const auto& a, const auto& b) { return a.name == b.name; });
    if (!same) return table->setting.name + " has other figures than the group's first setting";
  }
  return "";
}

GroupTable::Row MeanRow(const std::string& method, const Tables& tables) {
  GroupTable::Row row;
  row.method = method;
  row.reason = WhyNoMean(method, tables);
  if (!row.reason.empty()) return row;
  const auto share = 1.0 / static_cast<double>(tables.size());
  for (const LeaderboardTable* table : tables) {
    const LeaderboardRow& one = *FindRow(*table, method);
    row.seeds = one.seeds.size();
    row.figures.resize(one.group.size());
    for (size_t i = 0; i < one.group.size(); ++i) {
      row.figures[i].name = one.group[i].name;
      row.figures[i].map += share * one.group[i].map->mean;
      row.figures[i].rank1 += share * one.group[i].rank1->mean;
    }
  }
  return row;
}

GroupTable Average(const Tables& tables) {
  GroupTable group;
  group.name = tables.front()->group;
  group.profile = tables.front()->profile;
  group.data = tables.front()->data;
  group.scoring = tables.front()->scoring;
  group.conditions = SharedConditions(*tables.front());
  std::set<std::string> methods;
  for (const LeaderboardTable* table : tables) {
    group.settings.push_back(table->setting.name);
    for (const LeaderboardRow& row : table->rows) methods.insert(row.method);
  }
  for (const std::string& method : methods) group.rows.push_back(MeanRow(method, tables));
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
  std::erase_if(means, [](const GroupTable& group) { return group.rows.empty(); });
  return means;
}

}  // namespace bcr::board
