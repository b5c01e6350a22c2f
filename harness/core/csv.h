#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bcr {

// A table with a header, read by RFC 4180: quoted fields, doubled quotes, commas and line breaks
// inside quotes, CRLF or LF, an optional UTF-8 byte order mark. Every row has as many fields as the
// header.
struct CsvTable {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;
  std::vector<size_t> lines;  // 1-based line on which each row starts, for messages

  // Column index of `name`; throws kData naming `where` and the nearest header.
  size_t Column(const std::string& name, const std::string& where) const;
};

// The same, row by row, for tables too long to hold twice. `text` must outlive the reader.
class CsvReader {
 public:
  // Checks the text for UTF-8 and reads the header. Throws what ParseCsv throws.
  CsvReader(std::string_view text, std::string where);
  const std::vector<std::string>& header() const { return header_; }
  // The next row, its fields moved into `row`; false at the end.
  bool Next(std::vector<std::string>& row);
  size_t line() const { return row_line_; }  // 1-based line on which the last row starts

 private:
  void Record(std::vector<std::string>& fields);
  void Plain(std::string& field);
  void Quoted(std::string& field);
  void RequireFieldEnd() const;
  void LineBreak();
  bool AtEnd() const { return at_ >= text_.size(); }
  [[noreturn]] void Fail(const std::string& found, const std::string& expected) const;

  std::string_view text_;
  std::string where_;
  std::vector<std::string> header_;
  size_t at_ = 0;
  size_t line_ = 1, row_line_ = 1;
};

// Throws kData: unclosed quote, wrong field count (file and line named), invalid UTF-8.
CsvTable ParseCsv(std::string_view text, const std::string& where);
// One line with a final newline; fields are quoted where they need it.
std::string CsvLine(const std::vector<std::string>& fields);

}  // namespace bcr
