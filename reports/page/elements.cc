#include "reports/page/elements.h"

#include <fmt/format.h>

#include "reports/markup.h"

namespace bcr::page {
namespace {

const char* ClassOf(const Column& column) {
  using Kind = Column::Kind;
  if (column.kind == Kind::kText) return "";
  return column.kind == Kind::kProse ? " class=\"prose\"" : " class=\"num\"";
}

std::string HeaderHtml(const Column& column) {
  return fmt::format("<th scope=\"col\"{}{}>{}</th>", ClassOf(column),
                     column.kind == Column::Kind::kNumber ? " data-first=\"descending\"" : "",
                     XmlText(column.title));
}

std::string CellHtml(const Cell& cell, const Column& column, bool names_row) {
  std::string attributes = names_row ? " scope=\"row\"" : "";
  attributes += ClassOf(column);
  if (cell.gap) attributes += " data-gap=\"\"";
  if (cell.value && !cell.gap) attributes += fmt::format(" data-value=\"{}\"", *cell.value);
  const char* element = names_row ? "th" : "td";
  return fmt::format("<{0}{1}>{2}</{0}>", element, attributes, XmlText(cell.text));
}

std::string RowHtml(const Table& table, const std::vector<Cell>& row) {
  std::string html = "<tr>";
  for (size_t c = 0; c < table.columns.size() && c < row.size(); ++c)
    html += CellHtml(row[c], table.columns[c], c == table.name_column);
  return html + "</tr>\n";
}

}  // namespace

std::string ParagraphHtml(const std::string& text) { return "<p>" + XmlText(text) + "</p>\n"; }

std::string SoftHtml(const std::string& text) {
  return "<p class=\"soft\">" + XmlText(text) + "</p>\n";
}

std::string ListHtml(const std::vector<std::string>& items) {
  if (items.empty()) return "";
  std::string html = "<ul>\n";
  for (const std::string& item : items) html += "<li>" + XmlText(item) + "</li>\n";
  return html + "</ul>\n";
}

std::string TableHtml(const Table& table) {
  // A region that scrolls sideways must be reachable without a mouse.
  std::string html = fmt::format(
      "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"{0}\">\n"
      "<table{1}>\n<caption>{0}</caption>\n<thead>\n<tr>",
      XmlText(table.caption), table.sortable ? " data-sortable=\"\"" : "");
  for (const Column& column : table.columns) html += HeaderHtml(column);
  html += "</tr>\n</thead>\n<tbody>\n";
  for (const auto& row : table.rows) html += RowHtml(table, row);
  return html + "</tbody>\n</table>\n</div>\n";
}

std::string FigureHtml(const Figure& figure) {
  std::string html =
      fmt::format("<figure>\n<div class=\"picture\">\n{}</div>\n<figcaption>{}</figcaption>\n",
                  figure.svg, XmlText(figure.caption));
  if (!figure.numbers.rows.empty()) {
    html += "<details>\n<summary>The numbers of this picture</summary>\n" +
            TableHtml(figure.numbers) + "</details>\n";
  }
  return html + "</figure>\n";
}

std::vector<Column> NumberColumns(const std::vector<std::string>& titles) {
  std::vector<Column> columns;
  for (const std::string& title : titles)
    columns.push_back({title, columns.empty() ? Column::Kind::kText : Column::Kind::kNumber});
  return columns;
}

std::vector<Cell> TextCells(const std::vector<std::string>& texts) {
  std::vector<Cell> cells;
  for (const std::string& text : texts) cells.push_back({text, std::nullopt, text == "-"});
  return cells;
}

}  // namespace bcr::page
