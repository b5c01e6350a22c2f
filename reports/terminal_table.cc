#include "reports/terminal_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <numeric>

#include "harness/core/printable.h"
#include "reports/leaderboard.h"
#include "reports/table_cells.h"
#include "reports/text_table.h"

namespace bcr {
namespace {

using Rows = std::vector<std::vector<std::string>>;

constexpr size_t kMethodColumn = 1;
constexpr size_t kVerdictColumn = 9;
constexpr size_t kShortestMethod = 8;

std::string Emphasis(const std::string& text, const char* code, bool on) {
  return on ? fmt::format("\033[{}m{}\033[0m", code, text) : text;
}

std::string Pad(const std::string& text, size_t width, bool left) {
  const std::string space(width - std::min(width, DisplayWidth(text)), ' ');
  return left ? text + space : space + text;
}

std::vector<size_t> Widths(const Rows& rows) {
  std::vector<size_t> widths(rows.front().size(), 0);
  for (const auto& row : rows) {
    for (size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], DisplayWidth(row[c]));
  }
  return widths;
}

// Two spaces between columns, one where the table is too wide; then the method's column gives way.
size_t Fit(std::vector<size_t>& widths, size_t columns) {
  const size_t content = std::accumulate(widths.begin(), widths.end(), size_t{0});
  const size_t gaps = widths.size() - 1;
  if (content + 2 * gaps <= columns) return 2;
  const size_t total = content + gaps;
  if (total > columns) {
    const size_t excess = total - columns;
    const size_t spare = widths[kMethodColumn] - std::min(widths[kMethodColumn], kShortestMethod);
    widths[kMethodColumn] -= std::min(excess, spare);
  }
  return 1;
}

std::string Line(const std::vector<std::string>& row, const std::vector<size_t>& widths,
                 size_t gap) {
  std::string line;
  for (size_t c = 0; c < row.size(); ++c) {
    const bool left = c == kMethodColumn || c == kVerdictColumn;
    if (c > 0) line += std::string(gap, ' ');
    line += Pad(Shortened(row[c], widths[c]), widths[c], left);
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

// A message of several lines stays on one, and control characters do not reach the terminal.
std::string OneLine(std::string text, bool ascii) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  text = Printable(text);
  for (char& c : text) {
    if (ascii && static_cast<unsigned char>(c) >= 0x80) c = '?';
  }
  return text;
}

std::string OneTable(const LeaderboardTable& table, const TextStyle& style) {
  const auto columns = static_cast<size_t>(std::max(style.columns, 40));
  Rows rows = {board::HeaderCells()};
  for (auto& row : board::BodyCells(table, {style.ascii})) {
    for (std::string& cell : row) cell = OneLine(std::move(cell), style.ascii);
    rows.push_back(std::move(row));
  }
  std::vector<size_t> widths = Widths(rows);
  const size_t gap = Fit(widths, columns);
  const auto text = [&](const std::string& line) {
    return Wrapped(OneLine(line, style.ascii), columns, 4);
  };

  std::string out = Emphasis(text(board::TitleLine(table)), "1", style.colour);
  out += text(board::ScoringLine(table));
  if (const std::string line = board::ConditionsLine(table); !line.empty()) out += text(line);
  for (const std::string& line : board::OddityLines(table)) out += text(line);
  for (size_t i = 0; i < rows.size(); ++i) {
    if (i == 1 + table.rows.size()) out += "not ranked:\n";
    out += Line(rows[i], widths, gap) + "\n";
  }
  if (Rows chain = board::ChainCells(table, {style.ascii}); !chain.empty()) {
    for (auto& row : chain) {
      for (std::string& cell : row) cell = OneLine(std::move(cell), style.ascii);
    }
    out += AlignedTable(chain, {0});
    for (const std::string& line : board::ChainLegend()) out += text(line);
  }
  for (const std::string& reason : board::ReasonLines(table)) {
    out += Emphasis(text(reason), "2", style.colour);
  }
  return out;
}

std::string OneGroup(const GroupTable& group, const TextStyle& style) {
  const auto columns = static_cast<size_t>(std::max(style.columns, 40));
  const auto text = [&](const std::string& line) {
    return Wrapped(OneLine(line, style.ascii), columns, 4);
  };
  std::string out = Emphasis(text(board::GroupTitle(group)), "1", style.colour);
  Rows rows = board::GroupCells(group);
  for (auto& row : rows) {
    for (std::string& cell : row) cell = OneLine(std::move(cell), style.ascii);
  }
  if (!rows.empty()) out += AlignedTable(rows, {0});
  for (const std::string& reason : board::GroupReasons(group))
    out += Emphasis(text(reason), "2", style.colour);
  return out;
}

}  // namespace

TextStyle TextStyleFor(std::string_view locale, bool no_color, bool colour_terminal) {
  std::string lower(locale);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const bool utf8 =
      lower.find("utf-8") != std::string::npos || lower.find("utf8") != std::string::npos;
  TextStyle style;
  style.ascii = !utf8 || no_color;
  style.colour = colour_terminal && !no_color;
  return style;
}

std::string TerminalTable(const Leaderboard& leaderboard, const TextStyle& style) {
  std::string out;
  for (const std::string& line : board::LegendLines({style.ascii})) out += line + "\n";
  for (const LeaderboardTable& table : leaderboard.tables) out += "\n" + OneTable(table, style);
  for (const GroupTable& group : leaderboard.groups) out += "\n" + OneGroup(group, style);
  return out;
}

}  // namespace bcr
