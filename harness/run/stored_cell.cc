#include "harness/run/stored_cell.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/hash.h"
#include "harness/core/progress.h"
#include "harness/metrics/table.h"
#include "reports/per_query.h"

namespace bcr {

namespace {

constexpr const char* kQueriesFile = "queries.csv";
constexpr const char* kCellFile = "cell.json";

std::vector<PerQueryRow> ToRows(const CellScores& scores, const FeatureIndex& query) {
  std::vector<PerQueryRow> rows;
  for (size_t i = 0; i < scores.queries.size(); ++i) {
    const QueryScore& q = scores.queries[i];
    PerQueryRow row{query.images[i],
                    query.identities[i],
                    query.cameras[i],
                    q.valid,
                    q.ap_hits,
                    q.ap_trapezoid,
                    q.inp,
                    0,
                    std::nullopt,
                    {q.of_ranks.begin(), q.of_ranks.end()}};
    if (q.valid) row.first_rank = q.first_rank;
    rows.push_back(std::move(row));
  }
  return rows;
}

void Write(const std::string& folder, const CellScores& scores, const FeatureIndex& query) {
  const std::string queries = PerQueryCsv(ToRows(scores, query));
  WriteFileAtomic(JoinPath(folder, kQueriesFile), std::string_view(queries));
  WriteJsonAtomic(
      JoinPath(folder, kCellFile),
      {{"cmc", scores.cmc}, {"gallery_size", scores.gallery_size}, {"queries", HashOf(queries)}});
}

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

StoredCell Read(const std::string& folder) {
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
  return cell;
}

}  // namespace

StoredCell CellFromStore(ArtifactStore& store, const Json& inputs, const FeatureIndex& query,
                         const std::function<CellScores()>& score) {
  const std::string key = ArtifactStore::KeyOf(inputs);
  const auto make = [&] {
    store.Make("cells", inputs, [&](const std::string& folder) { Write(folder, score(), query); });
    return Read(store.Folder("cells", key));
  };
  try {
    return make();
  } catch (const Error& error) {
    // What scoring itself throws leaves nothing in the store.
    if (error.code() == ErrorCode::kInterrupted || !store.Has("cells", key)) throw;
    Say(std::string("a stored cell is damaged and scored again: ") + error.what());
  }
  store.Remove("cells", key);
  return make();
}

}  // namespace bcr
