#include "reports/table_cells.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "harness/metrics/table.h"
#include "reports/conditions.h"

namespace bcr::board {
namespace {

const char* PlusMinus(const CellStyle& style) { return style.ascii ? "+-" : "\u00b1"; }

std::string Percent(const std::optional<FoldedValue>& value, const CellStyle& style) {
  if (!value) return "-";
  std::string text = fmt::format("{:.1f}", 100 * value->mean);
  if (value->deviation) text += fmt::format("{}{:.1f}", PlusMinus(style), 100 * *value->deviation);
  return text;
}

std::string Points(const std::optional<FoldedValue>& gain) {
  if (!gain) return "-";
  std::string text = fmt::format("{:+.1f}", 100 * gain->mean);
  if (gain->low && gain->high)
    text += fmt::format(" [{:+.1f}, {:+.1f}]", 100 * *gain->low, 100 * *gain->high);
  return text;
}

std::string UpdateGainText(const LeaderboardRow& row) {
  if (!row.update_gain) return "-";
  return row.update_gain_clear ? fmt::format("{:.2f}", row.update_gain->mean) : "unclear";
}

// [a] ... [z], [aa], [ab] ...
std::string Mark(size_t index) {
  std::string letters;
  for (size_t n = index + 1; n > 0; n = (n - 1) / 26)
    letters.insert(letters.begin(), static_cast<char>('a' + (n - 1) % 26));
  return "[" + letters + "]";
}

// The reasons for which rows are apart, each once, in the rows' order.
std::vector<std::string> DistinctReasons(const LeaderboardTable& table) {
  std::vector<std::string> reasons;
  for (const LeaderboardRow& row : table.apart) {
    if (std::find(reasons.begin(), reasons.end(), row.reason) == reasons.end())
      reasons.push_back(row.reason);
  }
  return reasons;
}

std::vector<std::string> RowCells(const LeaderboardRow& row, const std::string& method,
                                  const CellStyle& style) {
  const std::string rank =
      row.rank == 0 ? "-" : fmt::format("{}{}", row.rank, row.tied_with_leader ? "=" : "");
  return {rank,
          method,
          fmt::format("{}", row.seeds.size()),
          Percent(row.old_self, style),
          Percent(row.new_self, style),
          Percent(row.cross, style),
          Percent(row.reverse, style),
          Percent(row.old_rank1, style),
          Percent(row.cross_rank1, style),
          Points(row.gain),
          UpdateGainText(row),
          VerdictWord(row)};
}

std::string DataText(const std::string& reference, const std::string& hash) {
  return fmt::format("{} ({})", reference, hash.substr(0, 8));
}

}  // namespace

std::vector<std::string> HeaderCells() {
  return {"#",       "method", "n",        "old self", "new self", "cross",
          "reverse", "r1 old", "r1 cross", "gain",     "upd.g",    "compatible?"};
}

std::string VerdictWord(const LeaderboardRow& row) {
  if (row.verdict.empty()) return "-";
  const bool decided = row.verdict != "undecided";
  return decided && row.seeds.size() == 1 ? row.verdict + " (1 seed)" : row.verdict;
}

std::string LeadLine(const LeaderboardTable& table) {
  if (table.rows.size() < 2) return "";
  const std::string& leader = table.rows.front().method;
  std::vector<std::string> tied;
  for (size_t i = 1; i < table.rows.size(); ++i) {
    if (table.rows[i].tied_with_leader) tied.push_back(table.rows[i].method);
  }
  if (tied.empty())
    return fmt::format("{} leads: no other ranked row's interval of cross mAP reaches its own.",
                       leader);
  return fmt::format("Not distinguishable from {}: {}.", leader, fmt::join(tied, ", "));
}

std::vector<std::vector<std::string>> BodyCells(const LeaderboardTable& table,
                                                const CellStyle& style) {
  std::vector<std::vector<std::string>> cells;
  for (const LeaderboardRow& row : table.rows) cells.push_back(RowCells(row, row.method, style));
  const std::vector<std::string> reasons = DistinctReasons(table);
  for (const LeaderboardRow& row : table.apart) {
    const auto place = std::find(reasons.begin(), reasons.end(), row.reason) - reasons.begin();
    cells.push_back(RowCells(row, row.method + " " + Mark(static_cast<size_t>(place)), style));
  }
  return cells;
}

std::vector<std::vector<std::string>> ChainCells(const LeaderboardTable& table,
                                                 const CellStyle& style) {
  std::vector<const MetricInfo*> metrics;
  std::vector<std::vector<std::string>> cells = {{"chain"}};
  for (const MetricInfo* metric : MetricTable()) {
    if (!metric->matrix) continue;
    metrics.push_back(metric);
    cells.front().push_back(metric->Label());
  }
  for (const auto* rows : {&table.rows, &table.apart}) {
    for (const LeaderboardRow& row : *rows) {
      if (row.matrix.empty()) continue;
      cells.push_back({row.method});
      for (const MetricInfo* metric : metrics) {
        const auto found = row.matrix.find(metric->name);
        const auto value = found == row.matrix.end() ? std::optional<FoldedValue>() : found->second;
        cells.back().push_back(metric->unit == Unit::kDifference ? Points(value)
                                                                 : Percent(value, style));
      }
    }
  }
  if (cells.size() == 1) cells.clear();
  return cells;
}

std::vector<std::string> ChainLegend() {
  std::vector<std::string> lines;
  for (const MetricInfo* metric : MetricTable()) {
    if (metric->matrix) lines.push_back(metric->Label() + ": " + metric->about + ".");
  }
  return lines;
}

std::vector<std::vector<std::string>> GroupCells(const GroupTable& group) {
  std::vector<std::vector<std::string>> cells = {{"method"}};
  for (const GroupTable::Row& row : group.rows) {
    if (row.figures.empty()) continue;
    if (cells.size() == 1) {
      for (const auto& figure : row.figures)
        cells.front().insert(cells.front().end(), {figure.name, "rank-1"});
    }
    cells.push_back({row.method});
    for (const auto& figure : row.figures) {
      cells.back().push_back(fmt::format("{:.1f}", 100 * figure.map));
      cells.back().push_back(fmt::format("{:.1f}", 100 * figure.rank1));
    }
  }
  if (cells.size() == 1) cells.clear();
  return cells;
}

std::string GroupTitle(const GroupTable& group) {
  std::string text =
      fmt::format("{}, profile {} r{}: mAP and rank-1, means over {}", group.name,
                  group.profile.name, group.profile.revision, fmt::join(group.settings, ", "));
  const std::string conditions = ConditionsText(group.conditions);
  return conditions.empty() ? text : text + "; " + conditions;
}

std::vector<std::string> GroupReasons(const GroupTable& group) {
  std::vector<std::string> lines;
  for (const GroupTable::Row& row : group.rows) {
    if (!row.figures.empty()) continue;
    lines.push_back(fmt::format("{}: no mean: {}", row.method, row.reason));
  }
  return lines;
}

std::string TitleLine(const LeaderboardTable& table) {
  std::string text =
      fmt::format("{} r{}, profile {} r{}", table.setting.name, table.setting.revision,
                  table.profile.name, table.profile.revision);
  for (const auto& data : table.data)
    text += fmt::format(", {} {}", data.role, DataText(data.reference, data.hash));
  return text;
}

std::string ScoringLine(const LeaderboardTable& table) {
  const ScoringRecord& s = table.scoring;
  std::string text =
      fmt::format("scored r{}: policy {}, {}{}, {}, widths {}", s.revision, s.policy, s.distance,
                  s.normalised ? "" : " (not normalised)", s.feature_side, s.widths);
  if (table.random_map)
    text += fmt::format("; random features reach {:.1f}", 100 * *table.random_map);
  return text;
}

std::string ConditionsLine(const LeaderboardTable& table) {
  return ConditionsText(table.conditions);
}

std::vector<std::string> OddityLines(const LeaderboardTable& table) {
  static const std::vector<std::array<const char*, 3>> kinds = {
      {"single_image_identities", "training identity with one image",
       "training identities with one image"},
      {"queries_without_match", "query without a match", "queries without a match"},
      {"differences", "count not as published", "counts not as published"},
      {"unparsed", "name outside the grammar", "names outside the grammar"},
      {"bad_images", "unreadable image", "unreadable images"}};
  std::vector<std::string> lines;
  for (const auto& [role, oddities] : table.oddities) {
    std::string text;
    for (const auto& [kind, one, several] : kinds) {
      const auto found = oddities.find(kind);
      if (found == oddities.end()) continue;
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", found->second,
                          found->second == 1 ? one : several);
    }
    lines.push_back(role + ": " + text);
  }
  return lines;
}

std::vector<std::string> ReasonLines(const LeaderboardTable& table) {
  std::vector<std::string> lines;
  const std::vector<std::string> reasons = DistinctReasons(table);
  for (size_t i = 0; i < reasons.size(); ++i) {
    // "bct seed 1, 2, l2 seed 1"
    std::string rows, last;
    for (const LeaderboardRow& row : table.apart) {
      if (row.reason != reasons[i]) continue;
      rows += rows.empty() ? "" : ", ";
      rows += row.method == last ? std::to_string(row.seeds.front())
                                 : fmt::format("{} seed {}", row.method, row.seeds.front());
      last = row.method;
    }
    lines.push_back(fmt::format("{} {}: {}", Mark(i), rows, reasons[i]));
  }
  return lines;
}

std::vector<std::string> LegendLines(const CellStyle& style) {
  const std::string pm = PlusMinus(style);
  return {
      fmt::format("{} in percent ({}), mean over n seeds {} sample deviation.",
                  HeadlineMetric().Label(), HeadlineMetric().about, pm),
      "old self: old searches old. new self: new searches new. cross: new searches old. reverse: "
      "old searches new.",
      "r1 old, r1 cross: rank-1 of old self and of cross.",
      fmt::format("gain: cross - old self in points [95 % interval; over seeds: mean bounds, at "
                  "least {} deviation].",
                  pm),
      "upd.g: gain / (paragon self - old self); unclear where that difference may be 0 by its "
      "interval.",
      "compatible?: yes or no where all seeds and the interval agree; (1 seed): it rests on a "
      "single training.",
      "# ranks by cross. =: not distinguishable from the best: the intervals of cross mAP overlap. "
      "- is a gap."};
}

}  // namespace bcr::board
