#pragma once

#include <string>
#include <vector>

namespace bcr::board {

// Which columns of a leaderboard a narrow terminal does without; private to this folder.

using CellRows = std::vector<std::vector<std::string>>;

// The widest cell of each column, in characters. REQUIRES: a row, and no row longer than the first.
std::vector<size_t> ColumnWidths(const CellRows& rows);

// The columns (places as in table_cells.h) that tables of `columns` characters leave out, ascending.
// All tables of a leaderboard leave out the same ones, and no more than it takes until each of them
// fits: reverse first; then columns stand one space apart in the place of two; then the rank-1
// columns go; then update gain. Long names of methods do not count whole: they are cut sooner.
std::vector<size_t> ColumnsLeftOut(const std::vector<CellRows>& tables, size_t columns);

void DropColumns(CellRows& rows, const std::vector<size_t>& left_out);

// Says what was left out and where it is. REQUIRES: something was.
std::string LeftOutLine(const std::vector<size_t>& left_out);

}  // namespace bcr::board
