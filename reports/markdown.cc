#include "reports/markdown.h"

#include <fmt/format.h>

#include "reports/leaderboard.h"
#include "reports/table_cells.h"

namespace bcr {
namespace {

std::string Escaped(const std::string& text) {
  std::string out;
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) {
      out += ' ';
      continue;
    }
    if (std::string("\\`*_[]<>|#").find(c) != std::string::npos) out += '\\';
    out += c;
  }
  return out;
}

std::string Row(const std::vector<std::string>& cells) {
  std::string line = "|";
  for (const std::string& cell : cells) line += " " + Escaped(cell) + " |";
  return line + "\n";
}

std::string OneTable(const LeaderboardTable& table) {
  std::string out = fmt::format("### {}\n\n{}\n\n", Escaped(board::TitleLine(table)),
                                Escaped(board::ScoringLine(table)));
  if (const std::string line = board::ConditionsLine(table); !line.empty()) {
    out += Escaped(line) + "\n\n";
  }
  for (const std::string& line : board::OddityLines(table)) out += Escaped(line) + "\n\n";
  out += Row(board::HeaderCells());
  out += "|---:|---|---:|---:|---:|---:|---:|---:|---:|---|\n";
  for (const auto& row : board::BodyCells(table, {})) out += Row(row);
  out += "\n";
  if (const auto chain = board::ChainCells(table, {}); !chain.empty()) {
    out += Row(chain.front()) + "|---|";
    for (size_t c = 1; c < chain.front().size(); ++c) out += "---:|";
    out += "\n";
    for (size_t i = 1; i < chain.size(); ++i) out += Row(chain[i]);
    out += "\n";
    for (const std::string& line : board::ChainLegend()) out += "- " + Escaped(line) + "\n";
    out += "\n";
  }
  for (const std::string& reason : board::ReasonLines(table))
    out += "- not ranked: " + Escaped(reason) + "\n";
  return out + (table.apart.empty() ? "" : "\n");
}

std::string OneGroup(const GroupTable& group) {
  std::string out = fmt::format("### {}\n\n", Escaped(board::GroupTitle(group)));
  if (const auto cells = board::GroupCells(group); !cells.empty()) {
    out += Row(cells.front()) + "|---|";
    for (size_t c = 1; c < cells.front().size(); ++c) out += "---:|";
    out += "\n";
    for (size_t i = 1; i < cells.size(); ++i) out += Row(cells[i]);
    out += "\n";
  }
  const auto reasons = board::GroupReasons(group);
  for (const std::string& reason : reasons) out += "- " + Escaped(reason) + "\n";
  return out + (reasons.empty() ? "" : "\n");
}

}  // namespace

std::string MarkdownTable(const Leaderboard& leaderboard) {
  std::string out;
  for (const LeaderboardTable& table : leaderboard.tables) out += OneTable(table);
  for (const GroupTable& group : leaderboard.groups) out += OneGroup(group);
  for (const std::string& line : board::LegendLines({})) out += Escaped(line) + "\n";
  return out;
}

}  // namespace bcr
