#include "harness/core/csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "harness/core/error.h"
#include "harness/core/suggest.h"
#include "harness/core/utf8.h"

namespace bcr {
namespace {

void RequireUtf8(std::string_view text, const std::string& where) {
  const size_t bad = InvalidUtf8At(text);
  if (bad == std::string_view::npos) return;
  const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<ptrdiff_t>(bad), '\n');
  throw Error(ErrorCode::kData,
              {fmt::format("{}:{}", where, line),
               fmt::format("byte 0x{:02x}", static_cast<unsigned char>(text[bad])), "UTF-8",
               "Save the file as UTF-8."});
}

void RequireDistinct(const std::vector<std::string>& header, const std::string& where) {
  std::set<std::string> seen;
  for (const std::string& name : header) {
    if (!seen.insert(name).second) {
      throw Error(ErrorCode::kData,
                  {where + ":1", fmt::format("column `{}` twice", name), "distinct columns", ""});
    }
  }
}

}  // namespace

size_t CsvTable::Column(const std::string& name, const std::string& where) const {
  const auto found = std::find(header.begin(), header.end(), name);
  if (found != header.end()) return static_cast<size_t>(found - header.begin());
  const std::string nearest = Nearest(name, header);
  throw Error(ErrorCode::kData,
              {where, fmt::format("columns {}", fmt::join(header, ", ")),
               fmt::format("a column `{}`", name),
               nearest.empty() ? "" : fmt::format("is it the one named `{}`?", nearest)});
}

CsvReader::CsvReader(std::string_view text, std::string where)
    : text_(text), where_(std::move(where)) {
  if (text_.starts_with("\xEF\xBB\xBF")) text_.remove_prefix(3);
  RequireUtf8(text_, where_);
  if (AtEnd()) throw Error(ErrorCode::kData, {where_, "an empty file", "a header line", ""});
  Record(header_);
  RequireDistinct(header_, where_);
}

bool CsvReader::Next(std::vector<std::string>& row) {
  if (AtEnd()) return false;
  row_line_ = line_;
  Record(row);
  if (row.size() == header_.size()) return true;
  if (row.size() == 1 && row.front().empty()) {
    throw Error(ErrorCode::kData, {fmt::format("{}:{}", where_, row_line_), "an empty line",
                                   "a row on every line", "Remove it."});
  }
  throw Error(ErrorCode::kData,
              {fmt::format("{}:{}", where_, row_line_), fmt::format("{} fields", row.size()),
               fmt::format("{} as in the header", header_.size()),
               "Put fields that hold commas or quotes in quotes."});
}

// One record and the line break behind it.
void CsvReader::Record(std::vector<std::string>& fields) {
  fields.clear();
  while (true) {
    std::string& field = fields.emplace_back();
    if (!AtEnd() && text_[at_] == '"') {
      Quoted(field);
    } else {
      Plain(field);
    }
    if (AtEnd()) return;
    if (text_[at_] != ',') return LineBreak();
    ++at_;
  }
}

void CsvReader::Plain(std::string& field) {
  const size_t end = std::min(text_.find_first_of(",\r\n\"", at_), text_.size());
  if (end < text_.size() && text_[end] == '"') {
    Fail("a quote inside an unquoted field", "the field in quotes, its own quotes doubled");
  }
  field = text_.substr(at_, end - at_);
  at_ = end;
}

void CsvReader::Quoted(std::string& field) {
  const size_t first_line = line_;
  for (++at_; !AtEnd(); ++at_) {
    const char c = text_[at_];
    if (c == '\n') ++line_;
    if (c == '"') {
      if (at_ + 1 >= text_.size() || text_[at_ + 1] != '"') {
        ++at_;
        return RequireFieldEnd();
      }
      ++at_;
    }
    field += c;
  }
  line_ = first_line;
  Fail("a quote that is never closed", "a closing quote");
}

void CsvReader::RequireFieldEnd() const {
  if (AtEnd()) return;
  const char c = text_[at_];
  if (c != ',' && c != '\n' && c != '\r') {
    Fail("text behind a closing quote", "a comma or the end of the line");
  }
}

void CsvReader::LineBreak() {
  if (text_[at_] == '\r') {
    ++at_;
    if (AtEnd() || text_[at_] != '\n') {
      Fail("a carriage return without a line feed", "lines that end in LF or CRLF");
    }
  }
  ++at_;
  ++line_;
}

void CsvReader::Fail(const std::string& found, const std::string& expected) const {
  throw Error(ErrorCode::kData, {fmt::format("{}:{}", where_, line_), found, expected, ""});
}

CsvTable ParseCsv(std::string_view text, const std::string& where) {
  CsvReader reader(text, where);
  CsvTable table;
  table.header = reader.header();
  for (std::vector<std::string> row; reader.Next(row);) {
    table.rows.push_back(std::move(row));
    table.lines.push_back(reader.line());
  }
  return table;
}

std::string CsvLine(const std::vector<std::string>& fields) {
  std::string line;
  for (size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) line += ',';
    const std::string& field = fields[i];
    // A lone empty field would make a blank line, and a leading mark would read as a byte order
    // mark.
    const bool blank = field.empty() && fields.size() == 1;
    if (!blank && field.find_first_of(",\"\r\n") == std::string::npos &&
        !field.starts_with("\xEF\xBB\xBF")) {
      line += field;
      continue;
    }
    line += '"';
    for (const char c : field) line.append(c == '"' ? 2 : 1, c);
    line += '"';
  }
  return line + '\n';
}

}  // namespace bcr
