#include "reports/table_csv.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <vector>

#include "harness/core/csv.h"
#include "harness/metrics/table.h"
#include "reports/conditions.h"
#include "reports/leaderboard.h"
#include "reports/row_figures.h"

namespace bcr {
namespace {

using Fields = std::vector<std::string>;

// Data roles of all tables: target and source always, then the further ones by name.
std::vector<std::string> RolesOf(const Leaderboard& leaderboard) {
  std::set<std::string> further;
  for (const LeaderboardTable& table : leaderboard.tables) {
    for (const auto& data : table.data) further.insert(data.role);
  }
  std::vector<std::string> roles = {"target", "source"};
  for (const std::string& role : further) {
    if (role != "target" && role != "source") roles.push_back(role);
  }
  return roles;
}

std::vector<std::string> MatrixNames() {
  std::vector<std::string> names;
  for (const MetricInfo* metric : MetricTable()) {
    if (metric->matrix) names.push_back(metric->name);
  }
  return names;
}

void AddHeader(const std::string& name, Fields& fields) {
  for (const char* part : {"mean", "deviation", "low", "high"}) fields.push_back(name + "." + part);
}

std::string Number(const std::optional<double>& number) {
  return number ? fmt::format("{}", *number) : "";
}

void AddFigure(const std::optional<FoldedValue>& value, Fields& fields) {
  if (!value) {
    fields.insert(fields.end(), 4, "");
    return;
  }
  fields.push_back(Number(value->mean));
  for (const auto& part : {value->deviation, value->low, value->high})
    fields.push_back(Number(part));
}

const char* Word(bool yes) { return yes ? "true" : "false"; }

Fields Header(const std::vector<std::string>& roles) {
  Fields fields = {"setting", "setting_revision", "profile", "profile_revision"};
  for (const std::string& role : roles) {
    fields.push_back("data." + role);
    fields.push_back("data." + role + ".hash");
  }
  for (const char* name :
       {"scoring_revision", "policy", "distance", "normalised", "feature_side", "widths", "ap",
        "ties", "camera_rule", "junk_rule", "conditions", "method", "method_revision", "seeds",
        "rank", "tied_with_leader", "verdict", "update_gain_clear", "reason"})
    fields.emplace_back(name);
  for (const board::RowFigure& figure : board::kRowFigures) AddHeader(figure.name, fields);
  for (const std::string& name : MatrixNames()) AddHeader(name, fields);
  return fields;
}

// What all rows of a table share.
Fields TableFields(const LeaderboardTable& table, const std::vector<std::string>& roles) {
  Fields fields = {table.setting.name, fmt::format("{}", table.setting.revision),
                   table.profile.name, fmt::format("{}", table.profile.revision)};
  for (const std::string& role : roles) {
    const auto found = std::find_if(table.data.begin(), table.data.end(),
                                    [&](const auto& data) { return data.role == role; });
    const bool there = found != table.data.end();
    fields.push_back(there ? found->reference : "");
    fields.push_back(there ? found->hash : "");
  }
  const ScoringRecord& s = table.scoring;
  fields.push_back(fmt::format("{}", s.revision));
  for (const std::string& field :
       {s.policy, s.distance, std::string(Word(s.normalised)), s.feature_side, s.widths, s.ap,
        s.ties, s.camera_rule, s.junk_rule})
    fields.push_back(field);
  std::vector<std::string> conditions;
  for (const auto& [name, value] : board::Told(table.conditions))
    conditions.push_back(name + "=" + value);
  fields.push_back(fmt::format("{}", fmt::join(conditions, "; ")));
  return fields;
}

std::string Line(Fields fields, const LeaderboardRow& row) {
  const bool ranked = row.rank > 0;
  for (const std::string& field :
       {row.method, fmt::format("{}", row.method_revision),
        fmt::format("{}", fmt::join(row.seeds, " ")),
        ranked ? fmt::format("{}", row.rank) : std::string(),
        std::string(ranked ? Word(row.tied_with_leader) : ""), row.verdict,
        std::string(row.update_gain ? Word(row.update_gain_clear) : ""), row.reason})
    fields.push_back(field);
  for (const board::RowFigure& figure : board::kRowFigures) AddFigure(row.*figure.value, fields);
  for (const std::string& name : MatrixNames()) {
    const auto found = row.matrix.find(name);
    AddFigure(found == row.matrix.end() ? std::nullopt : std::optional(found->second), fields);
  }
  for (std::string& field : fields) {
    for (char& c : field) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte < 0x20 || byte == 0x7F) c = ' ';
    }
  }
  return CsvLine(fields);
}

}  // namespace

std::string LeaderboardCsv(const Leaderboard& leaderboard) {
  const std::vector<std::string> roles = RolesOf(leaderboard);
  std::string out = CsvLine(Header(roles));
  for (const LeaderboardTable& table : leaderboard.tables) {
    const Fields shared = TableFields(table, roles);
    for (const auto* rows : {&table.rows, &table.apart}) {
      for (const LeaderboardRow& row : *rows) out += Line(shared, row);
    }
  }
  return out;
}

}  // namespace bcr
