#include "reports/per_query.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "harness/core/csv.h"
#include "harness/core/error.h"
#include "harness/metrics/table.h"

namespace bcr {
namespace {

const std::vector<std::string> kHeader = {"image",   "identity",     "camera", "valid",
                                          "ap_hits", "ap_trapezoid", "inp",    "first_rank"};

// Which columns a file has behind the eight that every file has.
struct Columns {
  bool hits = false;
  std::vector<size_t> of_ranks;  // places in RankMetrics(), ascending
  bool lists = false;

  std::vector<std::string> Header() const {
    std::vector<std::string> header = kHeader;
    for (size_t i = 0; hits && i < kHitRanks.size(); ++i) {
      header.push_back(fmt::format("hit{}", kHitRanks[i]));
    }
    for (const size_t place : of_ranks) {
      header.push_back(RankMetrics()[place]->query->column);
    }
    for (size_t i = 1; lists && i <= kListed; ++i) header.push_back(fmt::format("top{}", i));
    if (lists) header.push_back("matches");
    return header;
  }
};

bool HasValue(const PerQueryRow& row, size_t place) {
  return place < row.of_ranks.size() && row.of_ranks[place].has_value();
}

// The columns that these rows fill.
Columns ColumnsOf(const std::vector<PerQueryRow>& rows) {
  Columns columns;
  columns.hits = std::any_of(rows.begin(), rows.end(),
                             [](const PerQueryRow& row) { return row.hits.has_value(); });
  columns.lists = std::any_of(rows.begin(), rows.end(),
                              [](const PerQueryRow& row) { return !row.list.empty(); });
  const bool any_valid =
      std::any_of(rows.begin(), rows.end(), [](const PerQueryRow& row) { return row.valid; });
  for (size_t place = 0; any_valid && place < RankMetrics().size(); ++place) {
    const bool filled = std::all_of(rows.begin(), rows.end(), [&](const PerQueryRow& row) {
      return !row.valid || HasValue(row, place);
    });
    if (filled) columns.of_ranks.push_back(place);
  }
  return columns;
}

// The columns that a header names. Throws kData for a header of another kind.
Columns ParseHeader(const std::vector<std::string>& header, const std::string& where) {
  const auto has = [&](const std::string& name) {
    return std::find(header.begin(), header.end(), name) != header.end();
  };
  Columns columns;
  columns.hits = has(fmt::format("hit{}", kHitRanks[0]));
  for (size_t place = 0; place < RankMetrics().size(); ++place) {
    if (has(RankMetrics()[place]->query->column)) columns.of_ranks.push_back(place);
  }
  columns.lists = has("matches");
  if (header == columns.Header()) return columns;
  throw Error(ErrorCode::kData, {where, "another header: " + CsvLine(header),
                                 CsvLine(kHeader) + ", then columns of metrics", ""});
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

// The list in the last columns of a line.
std::vector<FoundImage> ParseList(const std::vector<std::string>& fields,
                                  const std::string& where) {
  const std::string& matches = fields.back();
  const bool known =
      matches.size() <= kListed && matches.find_first_not_of("01") == std::string::npos;
  if (!known) {
    throw Error(ErrorCode::kData, {where + ": matches", fmt::format("`{}`", matches),
                                   fmt::format("at most {} digits, each 0 or 1", kListed), ""});
  }
  const auto first = fields.end() - 1 - static_cast<std::ptrdiff_t>(kListed);
  std::vector<FoundImage> list;
  for (size_t i = 0; i < kListed; ++i) {
    const std::string& image = first[static_cast<std::ptrdiff_t>(i)];
    if (image.empty() != (i >= matches.size())) {
      throw Error(ErrorCode::kData, {fmt::format("{}: top{}", where, i + 1),
                                     fmt::format("`{}` beside the matches `{}`", image, matches),
                                     "an image for each digit", ""});
    }
    if (!image.empty()) list.push_back({image, matches[i] == '1'});
  }
  return list;
}

PerQueryRow ParseRow(const std::vector<std::string>& fields, const Columns& columns,
                     const std::string& where) {
  PerQueryRow row{fields[0], fields[1], fields[2]};
  row.valid = ParseNumber<int>(fields[3], 0, 1, where + ": valid") == 1;
  if (columns.lists) row.list = ParseList(fields, where);
  if (!row.valid) return row;
  row.ap_hits = ParseNumber(fields[4], 0.0, 1.0, where + ": ap_hits");
  row.ap_trapezoid = ParseNumber(fields[5], 0.0, 1.0, where + ": ap_trapezoid");
  row.inp = ParseNumber(fields[6], 0.0, 1.0, where + ": inp");
  row.first_rank = ParseNumber<int64_t>(fields[7], 1, int64_t{1} << 40, where + ": first_rank");
  size_t next = kHeader.size();
  if (columns.hits) row.hits.emplace();
  for (size_t i = 0; columns.hits && i < row.hits->size(); ++i) {
    const std::string name = fmt::format("{}: hit{}", where, kHitRanks[i]);
    (*row.hits)[i] = ParseNumber(fields[next++], i == 0 ? 0.0 : (*row.hits)[i - 1], 1.0, name);
  }
  row.of_ranks.resize(RankMetrics().size());
  for (const size_t place : columns.of_ranks) {
    const std::string name = where + ": " + RankMetrics()[place]->query->column;
    row.of_ranks[place] = ParseNumber(fields[next++], 0.0, 1.0, name);
  }
  return row;
}

void AddList(const std::vector<FoundImage>& list, std::vector<std::string>& fields) {
  std::string matches;
  for (size_t i = 0; i < kListed; ++i) {
    fields.push_back(i < list.size() ? list[i].image : "");
    if (i < list.size()) matches += list[i].match ? '1' : '0';
  }
  fields.push_back(matches);
}

std::vector<std::string> FieldsOf(const PerQueryRow& row, const Columns& columns) {
  std::vector<std::string> fields = {row.image, row.identity, row.camera, row.valid ? "1" : "0"};
  if (row.valid) {
    fields.insert(fields.end(),
                  {fmt::format("{}", row.ap_hits), fmt::format("{}", row.ap_trapezoid),
                   fmt::format("{}", row.inp), fmt::format("{}", row.first_rank)});
    for (size_t i = 0; columns.hits && i < kHitRanks.size(); ++i) {
      fields.push_back(fmt::format("{}", HitAt(row, i)));
    }
    for (const size_t place : columns.of_ranks) {
      fields.push_back(fmt::format("{}", *row.of_ranks[place]));
    }
  }
  fields.resize(kHeader.size() + (columns.hits ? kHitRanks.size() : 0) + columns.of_ranks.size());
  if (columns.lists) AddList(row.list, fields);
  return fields;
}

}  // namespace

double HitAt(const PerQueryRow& row, size_t place) {
  if (!row.valid) return 0;
  if (row.hits) return (*row.hits)[place];
  return row.first_rank <= kHitRanks[place] ? 1 : 0;
}

std::optional<double> ValueOf(const PerQueryRow& row, const MetricInfo& metric) {
  BCR_CHECK(metric.query.has_value(), "a metric that queries have no value of");
  if (!row.valid) return {};
  switch (metric.query->value) {
    case QueryValue::kApHits:
      return row.ap_hits;
    case QueryValue::kApTrapezoid:
      return row.ap_trapezoid;
    case QueryValue::kInp:
      return row.inp;
    case QueryValue::kHitWithin: {
      const int rank = metric.query->rank;
      if (!row.hits) return row.first_rank <= rank ? 1 : 0;
      const auto at = std::find(kHitRanks.begin(), kHitRanks.end(), rank);
      if (at == kHitRanks.end()) return {};
      return HitAt(row, static_cast<size_t>(at - kHitRanks.begin()));
    }
    case QueryValue::kOfRanks:
      break;
  }
  const size_t place = RankMetricPlace(metric);
  return place < row.of_ranks.size() ? row.of_ranks[place] : std::nullopt;
}

std::string PerQueryCsv(const std::vector<PerQueryRow>& rows) {
  const Columns columns = ColumnsOf(rows);
  std::string text = CsvLine(columns.Header());
  for (const PerQueryRow& row : rows) text += CsvLine(FieldsOf(row, columns));
  return text;
}

std::vector<PerQueryRow> ParsePerQuery(const std::string& text, const std::string& where) {
  const CsvTable table = ParseCsv(text, where);
  const Columns columns = ParseHeader(table.header, where);
  std::vector<PerQueryRow> rows;
  std::set<std::string> images;
  for (size_t i = 0; i < table.rows.size(); ++i) {
    const std::string line = fmt::format("{}:{}", where, table.lines[i]);
    rows.push_back(ParseRow(table.rows[i], columns, line));
    if (!images.insert(rows.back().image).second) {
      throw Error(ErrorCode::kData,
                  {line, fmt::format("`{}` twice", rows.back().image), "each image once", ""});
    }
  }
  return rows;
}

}  // namespace bcr
