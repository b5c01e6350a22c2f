#include "reports/markdown.h"

#include <fmt/format.h>

#include "reports/leaderboard.h"
#include "reports/markup.h"
#include "reports/table_cells.h"

namespace bcr {
namespace {

std::string OneTable(const LeaderboardTable& table) {
  std::string out = fmt::format("### {}\n\n{}\n\n", MarkdownText(board::TitleLine(table)),
                                MarkdownText(board::ScoringLine(table)));
  if (const std::string line = board::ConditionsLine(table); !line.empty()) {
    out += MarkdownText(line) + "\n\n";
  }
  for (const std::string& line : board::OddityLines(table)) out += MarkdownText(line) + "\n\n";
  out += MarkdownRow(board::HeaderCells());
  out += "|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|\n";
  for (const auto& row : board::BodyCells(table, {})) out += MarkdownRow(row);
  out += "\n";
  if (const std::string line = board::LeadLine(table); !line.empty())
    out += MarkdownText(line) + "\n\n";
  if (const auto chain = board::ChainCells(table, {}); !chain.empty()) {
    out += MarkdownRow(chain.front()) + "|---|";
    for (size_t c = 1; c < chain.front().size(); ++c) out += "---:|";
    out += "\n";
    for (size_t i = 1; i < chain.size(); ++i) out += MarkdownRow(chain[i]);
    out += "\n";
    for (const std::string& line : board::ChainLegend()) out += "- " + MarkdownText(line) + "\n";
    out += "\n";
  }
  for (const std::string& reason : board::ReasonLines(table))
    out += "- not ranked: " + MarkdownText(reason) + "\n";
  return out + (table.apart.empty() ? "" : "\n");
}

std::string OneGroup(const GroupTable& group) {
  std::string out = fmt::format("### {}\n\n", MarkdownText(board::GroupTitle(group)));
  if (const auto cells = board::GroupCells(group); !cells.empty()) {
    out += MarkdownRow(cells.front()) + "|---|";
    for (size_t c = 1; c < cells.front().size(); ++c) out += "---:|";
    out += "\n";
    for (size_t i = 1; i < cells.size(); ++i) out += MarkdownRow(cells[i]);
    out += "\n";
  }
  const auto reasons = board::GroupReasons(group);
  for (const std::string& reason : reasons) out += "- " + MarkdownText(reason) + "\n";
  return out + (reasons.empty() ? "" : "\n");
}

}  // namespace

std::string MarkdownTable(const Leaderboard& leaderboard) {
  std::string out;
  for (const LeaderboardTable& table : leaderboard.tables) out += OneTable(table);
  for (const GroupTable& group : leaderboard.groups) out += OneGroup(group);
  for (const std::string& line : board::LegendLines({})) out += MarkdownText(line) + "\n";
  return out;
}

}  // namespace bcr
