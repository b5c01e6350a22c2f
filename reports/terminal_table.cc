#include "reports/terminal_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <numeric>

#include "harness/core/printable.h"
#include "reports/column_fit.h"
#include "reports/leaderboard.h"
#include "reports/table_cells.h"
#include "reports/text_table.h"

namespace bcr {
namespace {

using board::CellRows;

constexpr size_t kShortestMethod = 8;
constexpr size_t kWidestText = 110;  // of sentences: longer lines are hard to follow

std::string Emphasis(const std::string& text, const char* code, bool on) {
  return on ? fmt::format("\033[{}m{}\033[0m", code, text) : text;
}

std::string Pad(const std::string& text, size_t width, bool left) {
  const std::string space(width - std::min(width, DisplayWidth(text)), ' ');
  return left ? text + space : space + text;
}

// Two spaces between columns, one where the table is too wide; then the method's column gives way.
size_t Fit(std::vector<size_t>& widths, size_t columns) {
  const size_t content = std::accumulate(widths.begin(), widths.end(), size_t{0});
  const size_t gaps = widths.size() - 1;
  if (content + 2 * gaps <= columns) return 2;
  const size_t total = content + gaps;
  if (total > columns) {
    const size_t excess = total - columns;
    size_t& method = widths[board::kMethod];
    method -= std::min(excess, method - std::min(method, kShortestMethod));
  }
  return 1;
}

std::string Line(const std::vector<std::string>& row, const std::vector<size_t>& widths,
                 size_t gap) {
  std::string line;
  for (size_t c = 0; c < row.size(); ++c) {
    const bool left = c == board::kMethod || c + 1 == row.size();  // the last one is the verdict
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

size_t ColumnsOf(const TextStyle& style) {
  return static_cast<size_t>(std::max(style.columns, 40));
}

std::string Text(const std::string& line, const TextStyle& style) {
  return Wrapped(OneLine(line, style.ascii), std::min(ColumnsOf(style), kWidestText), 4);
}

CellRows Printed(CellRows rows, const TextStyle& style) {
  for (auto& row : rows) {
    for (std::string& cell : row) cell = OneLine(std::move(cell), style.ascii);
  }
  return rows;
}

// The header and every row, with all columns.
CellRows AllCells(const LeaderboardTable& table, const TextStyle& style) {
  CellRows rows = {board::HeaderCells()};
  for (auto& row : board::BodyCells(table, {style.ascii})) rows.push_back(std::move(row));
  return Printed(std::move(rows), style);
}

std::string OneTable(const LeaderboardTable& table, const CellRows& rows, const TextStyle& style) {
  std::vector<size_t> widths = board::ColumnWidths(rows);
  const size_t gap = Fit(widths, ColumnsOf(style));
  const auto text = [&](const std::string& line) { return Text(line, style); };

  std::string out = Emphasis(text(board::TitleLine(table)), "1", style.colour);
  out += text(board::ScoringLine(table));
  if (const std::string line = board::ConditionsLine(table); !line.empty()) out += text(line);
  for (const std::string& line : board::OddityLines(table)) out += text(line);
  for (size_t i = 0; i < rows.size(); ++i) {
    if (i == 1 + table.rows.size()) out += "not ranked:\n";
    out += Line(rows[i], widths, gap) + "\n";
  }
  if (const std::string line = board::LeadLine(table); !line.empty()) out += text(line);
  if (const CellRows chain = board::ChainCells(table, {style.ascii}); !chain.empty()) {
    out += AlignedTable(Printed(chain, style), {0});
    for (const std::string& line : board::ChainLegend()) out += text(line);
  }
  for (const std::string& reason : board::ReasonLines(table)) {
    out += Emphasis(text(reason), "2", style.colour);
  }
  return out;
}

std::string OneGroup(const GroupTable& group, const TextStyle& style) {
  std::string out = Emphasis(Text(board::GroupTitle(group), style), "1", style.colour);
  const CellRows rows = Printed(board::GroupCells(group), style);
  if (!rows.empty()) out += AlignedTable(rows, {0});
  for (const std::string& reason : board::GroupReasons(group))
    out += Emphasis(Text(reason, style), "2", style.colour);
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
  std::vector<CellRows> cells;
  for (const LeaderboardTable& table : leaderboard.tables) cells.push_back(AllCells(table, style));
  const std::vector<size_t> left_out = board::ColumnsLeftOut(cells, ColumnsOf(style));
  std::string out;
  for (const std::string& line : board::LegendLines({style.ascii})) out += Text(line, style);
  if (!left_out.empty()) out += Text(board::LeftOutLine(left_out), style);
  for (size_t i = 0; i < cells.size(); ++i) {
    board::DropColumns(cells[i], left_out);
    out += "\n" + OneTable(leaderboard.tables[i], cells[i], style);
  }
  for (const GroupTable& group : leaderboard.groups) out += "\n" + OneGroup(group, style);
  return out;
}

}  // namespace bcr
