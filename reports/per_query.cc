#include "reports/per_query.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "harness/core/csv.h"
#include "harness/core/error.h"

namespace bcr {
namespace {

const std::vector<std::string> kHeader = {"image",   "identity",     "camera", "valid",
                                          "ap_hits", "ap_trapezoid", "inp",    "first_rank"};

std::vector<std::string> HeaderWithHits() {
  std::vector<std::string> header = kHeader;
  for (const int rank : kHitRanks) header.push_back(fmt::format("hit{}", rank));
  return header;
}

template <typename Number>
Number ParseNumber(const std::string& field, Number low, Number high, const std::string& where) {
  Number value{};
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
  const bool whole = error == std::errc() && end == field.data() + field.size();
  if (whole && value >= low && value <= high) return value;
  throw Error(ErrorCode::kData, {where, fmt::format("`{}`", field),
                                 fmt::format("a number from {} to {}", low, high), ""});
}

PerQueryRow ParseRow(const std::vector<std::string>& fields, const std::string& where) {
  PerQueryRow row{fields[0], fields[1], fields[2]};
  row.valid = ParseNumber<int>(fields[3], 0, 1, where + ": valid") == 1;
  if (!row.valid) return row;
  row.ap_hits = ParseNumber(fields[4], 0.0, 1.0, where + ": ap_hits");
  row.ap_trapezoid = ParseNumber(fields[5], 0.0, 1.0, where + ": ap_trapezoid");
  row.inp = ParseNumber(fields[6], 0.0, 1.0, where + ": inp");
  row.first_rank = ParseNumber<int64_t>(fields[7], 1, int64_t{1} << 40, where + ": first_rank");
  if (fields.size() == kHeader.size()) return row;
  row.hits.emplace();
  for (size_t i = 0; i < row.hits->size(); ++i) {
    const std::string name = fmt::format("{}: hit{}", where, kHitRanks[i]);
    (*row.hits)[i] =
        ParseNumber(fields[kHeader.size() + i], i == 0 ? 0.0 : (*row.hits)[i - 1], 1.0, name);
  }
  return row;
}

std::vector<std::string> FieldsOf(const PerQueryRow& row, bool with_hits) {
  std::vector<std::string> fields = {row.image, row.identity, row.camera, row.valid ? "1" : "0"};
  if (row.valid) {
    fields.insert(fields.end(),
                  {fmt::format("{}", row.ap_hits), fmt::format("{}", row.ap_trapezoid),
                   fmt::format("{}", row.inp), fmt::format("{}", row.first_rank)});
    for (size_t i = 0; with_hits && i < kHitRanks.size(); ++i) {
      fields.push_back(fmt::format("{}", HitAt(row, i)));
    }
  }
  fields.resize(kHeader.size() + (with_hits ? kHitRanks.size() : 0));
  return fields;
}

}  // namespace

double HitAt(const PerQueryRow& row, size_t place) {
  if (!row.valid) return 0;
  if (row.hits) return (*row.hits)[place];
  return row.first_rank <= kHitRanks[place] ? 1 : 0;
}

std::string PerQueryCsv(const std::vector<PerQueryRow>& rows) {
  const bool with_hits = std::any_of(rows.begin(), rows.end(),
                                     [](const PerQueryRow& row) { return row.hits.has_value(); });
  std::string text = CsvLine(with_hits ? HeaderWithHits() : kHeader);
  for (const PerQueryRow& row : rows) text += CsvLine(FieldsOf(row, with_hits));
  return text;
}

std::vector<PerQueryRow> ParsePerQuery(const std::string& text, const std::string& where) {
  const CsvTable table = ParseCsv(text, where);
  if (table.header != kHeader && table.header != HeaderWithHits()) {
    throw Error(ErrorCode::kData,
                {where, "another header: " + CsvLine(table.header), CsvLine(kHeader), ""});
  }
  std::vector<PerQueryRow> rows;
  std::set<std::string> images;
  for (size_t i = 0; i < table.rows.size(); ++i) {
    const std::string line = fmt::format("{}:{}", where, table.lines[i]);
    rows.push_back(ParseRow(table.rows[i], line));
    if (!images.insert(rows.back().image).second) {
      throw Error(ErrorCode::kData,
                  {line, fmt::format("`{}` twice", rows.back().image), "each image once", ""});
    }
  }
  return rows;
}

}  // namespace bcr
