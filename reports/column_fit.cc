#include "reports/column_fit.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "reports/table_cells.h"
#include "reports/text_table.h"

namespace bcr::board {
namespace {

// What gives way together, first to last.
const std::vector<std::vector<size_t>>& GivingWay() {
  static const std::vector<std::vector<size_t>> groups = {
      {kReverse}, {kOldRank1, kCrossRank1}, {kUpdateGain}};
  return groups;
}

constexpr size_t kLongMethod = 24;  // a longer name is cut before a column goes

bool LeftOut(const std::vector<size_t>& left_out, size_t column) {
  return std::find(left_out.begin(), left_out.end(), column) != left_out.end();
}

size_t WidthWithout(const std::vector<size_t>& widths, const std::vector<size_t>& left_out,
                    size_t gap) {
  size_t total = 0;
  for (size_t c = 0; c < widths.size(); ++c) {
    if (LeftOut(left_out, c)) continue;
    total += (c > 0 ? gap : 0) + (c == kMethod ? std::min(widths[c], kLongMethod) : widths[c]);
  }
  return total;
}

}  // namespace

std::vector<size_t> ColumnWidths(const CellRows& rows) {
  std::vector<size_t> widths(rows.front().size(), 0);
  for (const auto& row : rows) {
    for (size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], DisplayWidth(row[c]));
  }
  return widths;
}

std::vector<size_t> ColumnsLeftOut(const std::vector<CellRows>& tables, size_t columns) {
  std::vector<std::vector<size_t>> widths;
  for (const CellRows& rows : tables) widths.push_back(ColumnWidths(rows));
  std::vector<size_t> left_out;
  const auto fits = [&](size_t gap) {
    return std::all_of(widths.begin(), widths.end(), [&](const std::vector<size_t>& table) {
      return WidthWithout(table, left_out, gap) <= columns;
    });
  };
  if (fits(2)) return left_out;
  for (const std::vector<size_t>& group : GivingWay()) {
    left_out.insert(left_out.end(), group.begin(), group.end());
    if (fits(2) || fits(1)) break;
  }
  std::sort(left_out.begin(), left_out.end());
  return left_out;
}

void DropColumns(CellRows& rows, const std::vector<size_t>& left_out) {
  for (std::vector<std::string>& row : rows) {
    std::vector<std::string> kept;
    for (size_t c = 0; c < row.size(); ++c) {
      if (!LeftOut(left_out, c)) kept.push_back(std::move(row[c]));
    }
    row = std::move(kept);
  }
}

std::string LeftOutLine(const std::vector<size_t>& left_out) {
  const std::vector<std::string> header = HeaderCells();
  std::vector<std::string> names;
  for (const size_t column : left_out) names.push_back(header[column]);
  return fmt::format("Left out for want of width: {}. Markdown, CSV and JSON have {}.",
                     fmt::join(names, ", "), names.size() == 1 ? "it" : "them");
}

}  // namespace bcr::board
