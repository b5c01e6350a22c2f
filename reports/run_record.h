#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/json.h"
#include "reports/metric_value.h"
#include "reports/sections.h"

namespace bcr {

// The record of one run: one setting, method, profile and seed. FORMAT.md describes the JSON field
// by field. Fields are added, never renamed or reused. Fractions, never percentages; absent, never
// NaN.

inline constexpr int kRecordSchemaVersion = 1;

// Free-form JSON inside a record; null reads as an empty object. Filled with Free(json).
using FreeJson = std::shared_ptr<const Json>;
FreeJson Free(const Json& json);

struct NamedRevision {
  std::string name;
  int revision = 0;
};

struct SplitCounts {
  int64_t images = 0, identities = 0, cameras = 0;
};

// One data set in one role.
struct DataRecord {
  std::string reference;  // as DataRef::Text spells it
  std::string reader;
  int revision = 0;  // of the reader
  std::string hash;
  std::map<std::string, SplitCounts> counts;  // "train", "query", "gallery"
  int64_t junk_dropped = 0, distractors = 0, unparsed = 0, single_image_identities = 0,
          queries_without_match = 0;
  std::vector<std::string> differences;  // from published counts, as sentences
  std::vector<std::string> bad_images;   // names left out
};

struct ModelRecord {
  std::string key;  // "old", "new", "paragon": what cells name
  std::string backbone;
  int width = 0;             // of the embedding
  std::string feature_side;  // "before-neck", "after-neck"; "given" for features handed in
  std::string init;          // how the weights began, e.g. "random", "file:NAME", "source-model"
  std::string labels;        // "ground-truth", "none", "unknown"
  std::string data;          // role trained on: "target", "source"
  int64_t identities = 0, images = 0;
  int64_t epochs = 0, steps = 0;
  std::string weights_hash, view_hash;
  double seconds = 0, images_per_second = 0;
  bool reused = false;  // taken from the artifact store
  FreeJson notes;       // e.g. the figures of every epoch, clusters per epoch
};

struct FileRef {
  std::string file;  // relative to the record
  std::string hash;
};

// The people that a cell's intervals rest on.
struct IdentitiesRecord {
  int64_t count = 0;     // with a query that has a match
  double effective = 0;  // what they count for, where some have many queries and some few
  bool few = false;      // too few for intervals to be relied on
};

// One (query model, gallery model) pair on the test split.
struct CellRecord {
  std::string query_model, gallery_model;
  std::string status = "ok";                   // "ok" or "failed"
  std::string error;                           // why it failed
  std::map<std::string, MetricValue> metrics;  // keys: names of QueryMetrics()
  std::map<std::string, std::string> reasons;  // why a metric is absent, by its name
  std::vector<double> cmc;                     // cmc[k-1], k = 1..max_rank
  int64_t valid_queries = 0, invalid_queries = 0, gallery_size = 0;
  std::optional<IdentitiesRecord> identities;  // absent in records that were written before it
  std::optional<FileRef> per_query;
};

struct CompatibilityRecord {
  MetricValue gain;  // mAP at hits: cross - old/old, paired per query
  std::optional<double> update_gain;
  std::string update_gain_reason;  // why there is none
  std::string verdict;             // "yes", "no", "undecided"
  // Further figures by name (FORMAT.md lists them), and why one that is listed is absent.
  std::map<std::string, MetricValue> values;
  std::map<std::string, std::string> reasons;
};

// A map between two trained models, and what it costs where it is used.
struct AdapterRecord {
  std::string adapter;  // name, revision and parameters: "procrustes r1 {...}"
  std::string side;     // whose rows are mapped: "query" (the later model's) or "gallery"
  std::string model;    // the later model
  std::string earlier;  // the model that it meets by this map
  int64_t width_in = 0, width_out = 0;
  bool both_models = false;  // a mapped row also needs the other model's row of its image
  int64_t images = 0;        // that it was fitted on; 0 where the widths alone decide
  int64_t bytes_a_row = 0;   // of a mapped row
  double ms_a_row = 0;       // measured on the machine that fitted it, one thread
  std::string hash;          // of the map
};

// The models between which the verdict is given, by key.
struct UpgradeModels {
  std::string old_model = "old", new_model = "new", paragon = "paragon";
};

// How every cell was scored.
struct ScoringRecord {
  int revision = 0;  // of the metrics
  std::string policy, distance;
  bool normalised = true;
  std::string feature_side, widths, ap, ties, camera_rule, junk_rule;
  std::string rerank;  // empty where lists stand as their distances have them
  // "exact" or "numeric" where the user said how labels that look like numbers are read.
  std::string labels;
};

struct RecordProvenance {
  FreeJson build, host, libraries;
  std::string command_line;
  std::string created;  // UTC, 2026-01-31T12:00:00Z
};

struct RunRecord {
  std::string status = "ok";  // "ok", "partial" (some cell failed), "failed" (no cross cell)
  std::string error;          // empty where status is ok
  bool official = false;
  std::vector<std::string> unofficial_reasons;  // empty exactly where official
  NamedRevision setting, method, profile;
  int64_t seed = 0;
  std::map<std::string, DataRecord> data;  // by role: "target", "source"
  std::vector<ModelRecord> models;
  std::vector<AdapterRecord> adapters;  // none where no rows are mapped
  UpgradeModels upgrade;
  std::vector<CellRecord> cells;
  std::optional<CompatibilityRecord> compatibility;  // absent where a cell it needs is
  Sections sections;
  ScoringRecord scoring;
  std::optional<double>
      random_map;          // reference floor: mAP of random unit features on the same test split
  FreeJson configuration;  // effective: setting, profile, recipe
  std::map<std::string, double> time_split;  // seconds by kind of work
  double peak_memory_mib = 0;
  RecordProvenance provenance;
};

// The cell, or null where the record has none. A failed cell is returned too: look at its status.
const CellRecord* FindCell(const RunRecord& record, const std::string& query_model,
                           const std::string& gallery_model);

// Both check the record for sense (CheckRecord). RecordFromJson refuses unknown keys and a newer
// schema (kData, with a hint); RecordJson throws kInternal on NaN or infinity, naming the field.
Json RecordJson(const RunRecord& record);
RunRecord RecordFromJson(const Json& json, const std::string& where);

// The record without what two runs of the same plan may differ in: times, speed, memory, host,
// creation time, command line, reuse. Equal plans give equal bytes of this.
Json ComparableJson(const RunRecord& record);

// Throws kData where the record contradicts itself: CMC that decreases, values outside [0, 1], an
// interval that does not hold its value's order, cells that name unknown models or appear twice,
// status and errors that disagree, official with reasons.
void CheckRecord(const RunRecord& record, const std::string& where);

}  // namespace bcr
