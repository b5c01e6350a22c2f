#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/json.h"
#include "reports/run_record.h"

namespace bcr {

// What `bcreid score` says of feature sets that somebody hands in. FORMAT.md describes the JSON
// field by field; cells, metrics and scoring have the form they have in run records. Fractions,
// never percentages; absent, never NaN.

inline constexpr int kScoreReportSchemaVersion = 1;
inline constexpr char kScoreReportKind[] = "score-report";

// One file of a feature set.
struct ShardRecord {
  std::string path, index_path;
  int64_t rows = 0, width = 0;
  std::string dtype;  // as stored
};

// One feature set: the queries or the gallery of one model.
struct SetRecord {
  std::string model;  // key of the model
  std::string side;   // "query" or "gallery"
  int64_t rows = 0, width = 0, identities = 0, cameras = 0;
  // Of a gallery under policy market: rows that are dropped, and rows that are nobody's match.
  std::optional<int64_t> junk, distractors;
  std::string hash;        // of features and index, rows in their own order
  std::string index_hash;  // of images, identities and cameras, whatever their order
  bool reordered = false;  // its rows were brought into the order of the first model's
  std::vector<ShardRecord> shards;
};

// How intervals were made.
struct StatisticsRecord {
  int64_t resamples = 0;
  uint64_t seed = 0;
  double level = 0.95;
};

struct ScoreReport {
  std::vector<std::string> models;  // keys, oldest first
  std::vector<SetRecord> sets;
  std::vector<AdapterRecord> adapters;  // none where no rows are mapped
  ScoringRecord scoring;
  StatisticsRecord statistics;
  std::vector<CellRecord> cells;
  std::optional<CompatibilityRecord> compatibility;
  Sections sections;
  std::map<std::string, double> time_split;  // seconds by kind of work
  double peak_memory_mib = 0;
  RecordProvenance provenance;
};

// Both check the report for sense (kData). ScoreReportFromJson refuses unknown keys and a newer
// schema, with a hint; ScoreReportJson throws kInternal on NaN or infinity, naming the field.
Json ScoreReportJson(const ScoreReport& report);
ScoreReport ScoreReportFromJson(const Json& json, const std::string& where);

// The JSON of a report without what two runs on the same files may differ in: times, memory, host,
// creation time, command line.
Json ComparableScoreJson(const ScoreReport& report);

}  // namespace bcr
