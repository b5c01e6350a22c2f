#include "harness/core/csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "harness/core/error.h"
#include "harness/core/suggest.h"
#include "harness/core/utf8.h"

namespace bcr {
namespace {

class Parser {
 public:
  Parser(std::string_view text, const std::string& where) : text_(text), where_(where) {}

  bool AtEnd() const { return at_ >= text_.size(); }
  size_t line() const { return line_; }

  // One record and the line break behind it.
  std::vector<std::string> Record() {
    std::vector<std::string> fields;
    while (true) {
      fields.push_back(!AtEnd() && text_[at_] == '"' ? Quoted() : Plain());
      if (AtEnd()) return fields;
      if (text_[at_] == ',') {
        ++at_;
        continue;
      }
      LineBreak();
      return fields;
    }
  }

 private:
  std::string Plain() {
    const size_t end = std::min(text_.find_first_of(",\r\n\"", at_), text_.size());
    if (end < text_.size() && text_[end] == '"') {
      Fail("a quote inside an unquoted field", "the field in quotes, its own quotes doubled");
    }
    std::string field(text_.substr(at_, end - at_));
    at_ = end;
    return field;
  }

  std::string Quoted() {
    const size_t first_line = line_;
    std::string field;
    for (++at_; !AtEnd(); ++at_) {
      const char c = text_[at_];
      if (c == '\n') ++line_;
      if (c == '"') {
        if (at_ + 1 >= text_.size() || text_[at_ + 1] != '"') {
          ++at_;
          RequireFieldEnd();
          return field;
        }
        ++at_;
      }
      field += c;
    }
    line_ = first_line;
    Fail("a quote that is never closed", "a closing quote");
  }

  void RequireFieldEnd() const {
    if (AtEnd()) return;
    const char c = text_[at_];
    if (c != ',' && c != '\n' && c != '\r') {
      Fail("text behind a closing quote", "a comma or the end of the line");
    }
  }

  void LineBreak() {
    if (text_[at_] == '\r') {
      ++at_;
      if (AtEnd() || text_[at_] != '\n') {
        Fail("a carriage return without a line feed", "lines that end in LF or CRLF");
      }
    }
    ++at_;
    ++line_;
  }

  [[noreturn]] void Fail(const std::string& found, const std::string& expected) const {
    throw Error(ErrorCode::kData, {fmt::format("{}:{}", where_, line_), found, expected, ""});
  }

  std::string_view text_;
  const std::string& where_;
  size_t at_ = 0;
  size_t line_ = 1;
};

void RequireUtf8(std::string_view text, const std::string& where) {
  const size_t bad = InvalidUtf8At(text);
  if (bad == std::string_view::npos) return;
  const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<ptrdiff_t>(bad), '\n');
  throw Error(ErrorCode::kData,
              {fmt::format("{}:{}", where, line),
               fmt::format("byte 0x{:02x}", static_cast<unsigned char>(text[bad])), "UTF-8",
               "save the file as UTF-8"});
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

CsvTable ParseCsv(std::string_view text, const std::string& where) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  RequireUtf8(text, where);
  Parser parser(text, where);
  if (parser.AtEnd()) {
    throw Error(ErrorCode::kData, {where, "an empty file", "a header line", ""});
  }
  CsvTable table;
  table.header = parser.Record();
  RequireDistinct(table.header, where);
  while (!parser.AtEnd()) {
    const size_t line = parser.line();
    table.rows.push_back(parser.Record());
    table.lines.push_back(line);
    if (table.rows.back().size() != table.header.size()) {
      throw Error(ErrorCode::kData, {fmt::format("{}:{}", where, line),
                                     fmt::format("{} fields", table.rows.back().size()),
                                     fmt::format("{} as in the header", table.header.size()),
                                     "put fields that hold commas or quotes in quotes"});
    }
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
