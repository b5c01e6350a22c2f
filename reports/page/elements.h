#pragma once

#include <optional>
#include <string>
#include <vector>

namespace bcr::page {

// Parts of a page as HTML. Everything that is text here may come from anywhere and is escaped.

struct Column {
  enum class Kind {
    kText,    // flush left; sorting begins with the first of the alphabet
    kNumber,  // flush right; sorting begins with the greatest
    kRank,    // flush right; sorting begins with the least
    kProse,   // sentences: wide, flush left
  };
  std::string title;
  Kind kind = Kind::kText;
};

struct Cell {
  std::string text;
  std::optional<double> value;  // what the cell is sorted by; its text where absent
  bool gap = false;             // there is no value: sorted to the end
};

struct Table {
  std::string caption;
  std::vector<Column> columns;
  std::vector<std::vector<Cell>> rows;
  size_t name_column = 0;  // whose cells name their rows
  bool sortable = false;   // with a script: sorting by each header, and a filter
};

// A picture with its numbers beneath, for those who cannot see it or want to copy them.
struct Figure {
  std::string svg;  // as a function of reports/picture returns it
  std::string caption;
  Table numbers;  // left out where it has no rows
};

std::string ParagraphHtml(const std::string& text);
// A second thing, printed less strongly.
std::string SoftHtml(const std::string& text);
std::string ListHtml(const std::vector<std::string>& items);  // "" for none
std::string TableHtml(const Table& table);
std::string FigureHtml(const Figure& figure);

// Columns of a header line: the first is text, the others are numbers.
std::vector<Column> NumberColumns(const std::vector<std::string>& titles);
// Cells of texts; "-" is a gap.
std::vector<Cell> TextCells(const std::vector<std::string>& texts);

}  // namespace bcr::page
