#include "harness/run/stored_cell.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/hash.h"
#include "harness/judge/cells.h"
#include "harness/metrics/table.h"
#include "reports/per_query.h"

namespace bcr {

namespace {

constexpr const char* kQueriesFile = "queries.csv";
constexpr const char* kCellFile = "cell.json";

}  // namespace

void WriteStoredCell(const std::string& folder, const CellScores& scores,
                     const FeatureIndex& query) {
  const std::string queries = PerQueryCsv(PerQueryRows(scores, query));
  WriteFileAtomic(JoinPath(folder, kQueriesFile), std::string_view(queries));
  WriteJsonAtomic(
      JoinPath(folder, kCellFile),
      {{"cmc", scores.cmc}, {"gallery_size", scores.gallery_size}, {"queries", HashOf(queries)}});
}

namespace {

std::vector<double> ReadCurve(JsonReader& reader) {
  const Json& list = reader.Raw("cmc");
  const bool sound = list.is_array() && !list.empty() &&
                     std::all_of(list.begin(), list.end(),
                                 [](const Json& v) { return v.is_number() && v >= 0 && v <= 1; });
  if (!sound) {
    throw Error(ErrorCode::kData,
                {reader.where() + ": cmc", list.dump(), "a list of shares, one a rank", ""});
  }
  return list.get<std::vector<double>>();
}

// The mean over valid queries, accumulated in row order like the scorer's.
double MeanPrecision(const CellScores& scores) {
  double sum = 0;
  for (const QueryScore& query : scores.queries) sum += query.valid ? query.ap_hits : 0.0;
  return scores.valid_queries > 0 ? sum / static_cast<double>(scores.valid_queries) : 0.0;
}

}  // namespace

StoredCell ReadStoredCell(const std::string& folder) {
  const std::string file = JoinPath(folder, kCellFile);
  const Json json = ReadJsonFile(file);
  JsonReader reader(json, file);
  StoredCell cell;
  cell.scores.cmc = ReadCurve(reader);
  cell.scores.gallery_size = static_cast<size_t>(reader.Integer("gallery_size", 1, INT64_MAX));
  const std::string expected = reader.Text("queries");
  reader.Finish();
  cell.queries_file = JoinPath(folder, kQueriesFile);
  const std::string text = ReadFile(cell.queries_file);
  cell.queries_hash = HashOf(text);
  if (cell.queries_hash != expected) {
    throw Error(ErrorCode::kData, {cell.queries_file, "content of hash " + cell.queries_hash,
                                   expected + ", as cell.json says", ""});
  }
  for (const PerQueryRow& row : ParsePerQuery(text, cell.queries_file)) {
    QueryScore query;
    query.valid = row.valid;
    query.ap_hits = row.ap_hits;
    query.ap_trapezoid = row.ap_trapezoid;
    query.inp = row.inp;
    query.first_rank = static_cast<uint32_t>(row.first_rank);
    for (const MetricInfo* metric : RankMetrics()) {
      const std::optional<double> value = ValueOf(row, *metric);
      if (value) query.of_ranks.push_back(*value);
    }
    if (query.of_ranks.size() < RankMetrics().size()) query.of_ranks.clear();  // all, or none
    cell.scores.valid_queries += row.valid ? 1 : 0;
    cell.scores.queries.push_back(query);
    cell.identities.push_back(row.identity);
  }
  cell.scores.map_hits = MeanPrecision(cell.scores);
  return cell;
}

}  // namespace bcr
