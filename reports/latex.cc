#include "reports/latex.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

#include "reports/column_fit.h"
#include "reports/leaderboard.h"
#include "reports/table_cells.h"

namespace bcr {
namespace {

using Cells = board::CellRows;

// A number of BodyCells: its minus and plus-minus are signs, and not a hyphen and a letter.
std::string NumberText(const std::string& cell) {
  std::string out;
  for (size_t i = 0; i < cell.size(); ++i) {
    if (cell.compare(i, 2, "\u00b1") == 0) {
      out += "$\\pm$";
      ++i;
    } else if (cell[i] == '-' && cell.size() > 1) {
      out += "$-$";
    } else if (cell[i] == '+') {
      out += "$+$";
    } else {
      out += LatexText(cell.substr(i, 1));
    }
  }
  return out;
}

std::string CellText(const std::string& cell, size_t column) {
  const bool words = column == board::kMethod || column == board::kVerdict;
  return words ? LatexText(cell) : NumberText(cell);
}

std::string RowText(const std::vector<std::string>& cells) {
  return fmt::format("{} \\\\\n", fmt::join(cells, " & "));
}

// `columns` are the letters of tabular; rows behind `ranked` come below a rule.
std::string Tabular(const std::string& columns, const std::vector<std::string>& header,
                    const Cells& rows, size_t ranked) {
  std::string out = fmt::format("\\begin{{tabular}}{{{}}}\n\\toprule\n", columns);
  out += RowText(header) + "\\midrule\n";
  for (size_t i = 0; i < rows.size(); ++i) {
    if (i > 0 && i == ranked) out += "\\midrule\n";
    out += RowText(rows[i]);
  }
  return out + "\\bottomrule\n\\end{tabular}\n";
}

std::vector<std::string> Escaped(std::vector<std::string> cells) {
  for (std::string& cell : cells) cell = LatexText(cell);
  return cells;
}

// Rows without "=" behind the rank: underlines say it.
Cells RankedCells(const LeaderboardTable& table) {
  Cells rows = board::BodyCells(table, {});
  for (size_t i = 0; i < rows.size(); ++i) {
    if (i < table.rows.size()) rows[i][board::kRank] = fmt::format("{}", table.rows[i].rank);
    for (size_t c = 0; c < rows[i].size(); ++c) rows[i][c] = CellText(rows[i][c], c);
    if (i >= table.rows.size()) continue;
    std::string& cross = rows[i][board::kCross];
    const bool tied = table.rows[i].tied_with_leader;
    const bool win = i == 0 && !tied && table.rows.size() > 1;
    if (tied) cross = "\\underline{" + cross + "}";
    if (win) cross = "\\textbf{" + cross + "}";
  }
  return rows;
}

// The figures of chains, or of a group: names to the left, numbers to the right.
std::string NamedNumbers(const Cells& cells) {
  Cells rows;
  for (size_t i = 1; i < cells.size(); ++i) {
    rows.push_back({LatexText(cells[i].front())});
    for (size_t c = 1; c < cells[i].size(); ++c) rows.back().push_back(NumberText(cells[i][c]));
  }
  return Tabular("l" + std::string(cells.front().size() - 1, 'r'), Escaped(cells.front()), rows,
                 rows.size());
}

std::string Notes(const std::vector<std::string>& lines) {
  std::string out;
  for (const std::string& line : lines) {
    if (!line.empty()) out += LatexText(line) + "\\par\n";
  }
  return out;
}

std::string Environment(const std::string& caption, const std::string& label,
                        const std::string& body) {
  std::string out = "\\begin{table}\n\\centering\\scriptsize\\setlength{\\tabcolsep}{2pt}\n";
  return out + fmt::format("\\caption{{{}.}}\n\\label{{tab:bcreid-{}}}\n{}\\end{{table}}\n",
                           LatexText(caption), label, body);
}

std::string OneTable(const LeaderboardTable& table, size_t number) {
  std::string caption = board::TitleLine(table) + "; " + board::ScoringLine(table);
  if (const std::string line = board::ConditionsLine(table); !line.empty()) caption += "; " + line;
  Cells rows = RankedCells(table);
  rows.insert(rows.begin(), Escaped(board::HeaderCells()));
  board::DropColumns(rows, {board::kReverse});  // a page has no room for all
  const std::vector<std::string> header = std::move(rows.front());
  rows.erase(rows.begin());
  const std::string letters = "rl" + std::string(header.size() - 3, 'r') + "l";
  std::string body = Tabular(letters, header, rows, table.rows.size());
  body += "\\par\\smallskip\n";
  if (const Cells chain = board::ChainCells(table, {}); !chain.empty()) {
    body += NamedNumbers(chain) + "\\par\\smallskip\n" + Notes(board::ChainLegend());
  }
  body += Notes(board::OddityLines(table)) + Notes({board::LeadLine(table)});
  for (const std::string& reason : board::ReasonLines(table))
    body += Notes({"not ranked: " + reason});
  return Environment(caption, fmt::format("{}", number), body);
}

std::string OneGroup(const GroupTable& group, size_t number) {
  const Cells cells = board::GroupCells(group);
  std::string body = cells.empty() ? "" : NamedNumbers(cells) + "\\par\\smallskip\n";
  body += Notes(board::GroupReasons(group));
  return Environment(board::GroupTitle(group), fmt::format("group-{}", number), body);
}

}  // namespace

std::string LatexTables(const Leaderboard& leaderboard) {
  std::string out = "% Needs \\usepackage{booktabs}.\n";
  for (const std::string& line : board::LegendLines({true})) out += "% " + line + "\n";
  out += "% Here an underline is the =; the best cross is bold where no row bears one.\n";
  for (size_t i = 0; i < leaderboard.tables.size(); ++i)
    out += "\n" + OneTable(leaderboard.tables[i], i + 1);
  for (size_t i = 0; i < leaderboard.groups.size(); ++i)
    out += "\n" + OneGroup(leaderboard.groups[i], i + 1);
  return out;
}

}  // namespace bcr
