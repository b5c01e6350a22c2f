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

// Throws kData: unclosed quote, wrong field count (file and line named), invalid UTF-8.
CsvTable ParseCsv(std::string_view text, const std::string& where);
// One line with a final newline; fields are quoted where they need it.
std::string CsvLine(const std::vector<std::string>& fields);

}  // namespace bcr
