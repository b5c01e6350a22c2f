#include <fmt/format.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "reports/run_record.h"

namespace bcr {
namespace {

constexpr int64_t kMaxCount = std::numeric_limits<int64_t>::max();
constexpr double kMaxNumber = std::numeric_limits<double>::max();

[[noreturn]] void Refuse(const std::string& where, const std::string& found,
                         const std::string& expected, const std::string& hint = "") {
  throw Error(ErrorCode::kData, {where, found, expected, hint});
}

const Json& Object(JsonReader& reader, const std::string& key) {
  const Json& value = reader.Raw(key);
  if (!value.is_object()) Refuse(reader.where() + ", " + key, value.type_name(), "an object");
  return value;
}

const Json& List(JsonReader& reader, const std::string& key) {
  const Json& value = reader.Raw(key);
  if (!value.is_array()) Refuse(reader.where() + ", " + key, value.type_name(), "a list");
  return value;
}

FreeJson ReadFree(JsonReader& reader, const std::string& key) { return Free(Object(reader, key)); }

int64_t Count(JsonReader& reader, const std::string& key) {
  return reader.Integer(key, 0, kMaxCount);
}

int Revision(JsonReader& reader) {
  return static_cast<int>(reader.Integer("revision", 0, 1000000));
}

std::optional<double> OptionalNumber(JsonReader& reader, const std::string& key) {
  if (!reader.Has(key)) return std::nullopt;
  return reader.Number(key, -kMaxNumber, kMaxNumber);
}

NamedRevision ReadNamed(const Json& json, const std::string& where) {
  JsonReader reader(json, where);
  NamedRevision named{reader.Text("name"), Revision(reader)};
  reader.Finish();
  return named;
}

MetricValue ReadMetric(const Json& json, const std::string& where) {
  JsonReader reader(json, where);
  MetricValue metric;
  metric.value = reader.Number("value", -1, 1);
  metric.n = Count(reader, "n");
  metric.low = OptionalNumber(reader, "low");
  metric.high = OptionalNumber(reader, "high");
  reader.Finish();
  return metric;
}

SplitCounts ReadCounts(const Json& json, const std::string& where) {
  JsonReader reader(json, where);
  SplitCounts counts{Count(reader, "images"), Count(reader, "identities"),
                     Count(reader, "cameras")};
  reader.Finish();
  return counts;
}

DataRecord ReadData(const Json& json, const std::string& where) {
  JsonReader reader(json, where);
  DataRecord data;
  data.reference = reader.Text("reference");
  data.reader = reader.Text("reader");
  data.revision = Revision(reader);
  data.hash = reader.Text("hash");
  for (const auto& [split, counts] : Object(reader, "counts").items()) {
    data.counts[split] = ReadCounts(counts, where + ".counts." + split);
  }
  data.junk_dropped = Count(reader, "junk_dropped");
  data.distractors = Count(reader, "distractors");
  data.unparsed = Count(reader, "unparsed");
  data.single_image_identities = Count(reader, "single_image_identities");
  data.queries_without_match = Count(reader, "queries_without_match");
  data.differences = reader.TextList("differences");
  data.bad_images = reader.TextList("bad_images");
  reader.Finish();
  return data;
}

ModelRecord ReadModel(const Json& json, const std::string& where) {
  JsonReader reader(json, where);
  ModelRecord model;
  model.key = reader.Text("key");
  model.backbone = reader.Text("backbone");
  model.width = static_cast<int>(reader.Integer("width", 0, 1 << 24));
  model.feature_side = reader.Text("feature_side");
  model.init = reader.Text("init");
  model.labels = reader.Text("labels");
  model.data = reader.Text("data");
  model.identities = Count(reader, "identities");
  model.images = Count(reader, "images");
  model.epochs = Count(reader, "epochs");
  model.steps = Count(reader, "steps");
  model.weights_hash = reader.Text("weights_hash");
  model.view_hash = reader.Text("view_hash");
  model.seconds = reader.Number("seconds", 0, kMaxNumber);
  model.images_per_second = reader.Number("images_per_second", 0, kMaxNumber);
  model.reused = reader.Bool("reused");
  model.notes = ReadFree(reader, "notes");
  reader.Finish();
  return model;
}

FileRef ReadFileRef(const Json& json, const std::string& where) {
  JsonReader reader(json, where);
  FileRef ref{reader.Text("file"), reader.Text("hash")};
  reader.Finish();
  return ref;
}

std::vector<double> ReadCmc(JsonReader& reader) {
  std::vector<double> cmc;
  for (const Json& value : List(reader, "cmc")) {
    if (!value.is_number()) Refuse(reader.where() + ".cmc", value.dump(), "numbers");
    cmc.push_back(value.get<double>());
  }
  return cmc;
}

CellRecord ReadCell(const Json& json, const std::string& where) {
  JsonReader reader(json, where);
  CellRecord cell;
  cell.query_model = reader.Text("query_model");
  cell.gallery_model = reader.Text("gallery_model");
  cell.status = reader.Choice("status", {"ok", "failed"});
  cell.error = reader.Text("error");
  const Json& metrics = Object(reader, "metrics");
  JsonReader metric_reader(metrics, where + ".metrics");
  for (const std::string& name : MetricNames()) {
    if (!metric_reader.Has(name)) continue;
    cell.metrics[name] = ReadMetric(metric_reader.Raw(name), where + ".metrics." + name);
  }
  metric_reader.Finish();
  cell.cmc = ReadCmc(reader);
  cell.valid_queries = Count(reader, "valid_queries");
  cell.invalid_queries = Count(reader, "invalid_queries");
  cell.gallery_size = Count(reader, "gallery_size");
  if (reader.Has("per_query"))
    cell.per_query = ReadFileRef(reader.Raw("per_query"), where + ".per_query");
  reader.Finish();
  return cell;
}

CompatibilityRecord ReadCompatibility(const Json& json, const std::string& where) {
  JsonReader reader(json, where);
  CompatibilityRecord compatibility;
  compatibility.gain = ReadMetric(reader.Raw("gain"), where + ".gain");
  compatibility.update_gain = OptionalNumber(reader, "update_gain");
  compatibility.update_gain_reason = reader.Text("update_gain_reason");
  compatibility.verdict = reader.Choice("verdict", {"yes", "no", "undecided"});
  reader.Finish();
  return compatibility;
}

ScoringRecord ReadScoring(const Json& json, const std::string& where) {
  JsonReader reader(json, where);
  ScoringRecord scoring;
  scoring.revision = Revision(reader);
  scoring.policy = reader.Text("policy");
  scoring.distance = reader.Text("distance");
  scoring.normalised = reader.Bool("normalised");
  scoring.feature_side = reader.Text("feature_side");
  scoring.widths = reader.Text("widths");
  scoring.ap = reader.Text("ap");
  scoring.ties = reader.Text("ties");
  scoring.camera_rule = reader.Text("camera_rule");
  scoring.junk_rule = reader.Text("junk_rule");
  reader.Finish();
  return scoring;
}

RecordProvenance ReadProvenance(const Json& json, const std::string& where) {
  JsonReader reader(json, where);
  RecordProvenance provenance;
  provenance.build = ReadFree(reader, "build");
  provenance.host = ReadFree(reader, "host");
  provenance.libraries = ReadFree(reader, "libraries");
  provenance.command_line = reader.Text("command_line");
  provenance.created = reader.Text("created");
  reader.Finish();
  return provenance;
}

void CheckSchema(JsonReader& reader) {
  const int64_t version = reader.Integer("schema_version", 1, kMaxCount);
  if (version <= kRecordSchemaVersion) return;
  Refuse(reader.where() + ": schema_version", fmt::format("{}", version),
         fmt::format("at most {}", kRecordSchemaVersion),
         "A newer bcreid wrote this record: update this one.");
}

std::map<std::string, double> ReadTimes(JsonReader& reader) {
  std::map<std::string, double> times;
  const Json& object = Object(reader, "time_split");
  JsonReader time_reader(object, reader.where() + ": time_split");
  for (const auto& [kind, seconds] : object.items())
    times[kind] = time_reader.Number(kind, 0, kMaxNumber);
  return times;
}

std::optional<double> ReadFloor(JsonReader& reader) {
  JsonReader floor(Object(reader, "reference_floor"), reader.where() + ": reference_floor");
  std::optional<double> random_map;
  if (floor.Has("random_map")) random_map = floor.Number("random_map", 0, 1);
  floor.Finish();
  return random_map;
}

void ReadLists(JsonReader& reader, RunRecord& record) {
  const std::string& where = reader.where();
  for (const auto& [role, data] : Object(reader, "data").items()) {
    record.data[role] = ReadData(data, where + ": data." + role);
  }
  for (const Json& model : List(reader, "models")) {
    record.models.push_back(
        ReadModel(model, fmt::format("{}: models[{}]", where, record.models.size())));
  }
  for (const Json& cell : List(reader, "cells")) {
    record.cells.push_back(
        ReadCell(cell, fmt::format("{}: cells[{}]", where, record.cells.size())));
  }
}

}  // namespace

RunRecord RecordFromJson(const Json& json, const std::string& where) {
  if (!json.is_object()) Refuse(where, "no JSON object", "a run record");
  JsonReader reader(json, where);
  CheckSchema(reader);
  RunRecord record;
  record.status = reader.Choice("status", {"ok", "partial", "failed"});
  record.error = reader.Text("error");
  record.official = reader.Bool("official");
  record.unofficial_reasons = reader.TextList("unofficial_reasons");
  record.setting = ReadNamed(Object(reader, "setting"), where + ": setting");
  record.method = ReadNamed(Object(reader, "method"), where + ": method");
  record.profile = ReadNamed(Object(reader, "profile"), where + ": profile");
  record.seed = Count(reader, "seed");
  ReadLists(reader, record);
  if (reader.Has("compatibility")) {
    record.compatibility =
        ReadCompatibility(Object(reader, "compatibility"), where + ": compatibility");
  }
  record.scoring = ReadScoring(Object(reader, "scoring"), where + ": scoring");
  record.random_map = ReadFloor(reader);
  record.configuration = ReadFree(reader, "configuration");
  record.time_split = ReadTimes(reader);
  record.peak_memory_mib = reader.Number("peak_memory_mib", 0, kMaxNumber);
  record.provenance = ReadProvenance(Object(reader, "provenance"), where + ": provenance");
  reader.Finish();
  CheckRecord(record, where);
  return record;
}

}  // namespace bcr
