#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "reports/record_parts.h"
#include "reports/run_record.h"

namespace bcr {
namespace {

using parts::Count, parts::kMaxCount, parts::kMaxNumber, parts::List, parts::Object,
    parts::ReadFree, parts::Refuse, parts::Revision;

NamedRevision ReadNamed(const Json& json, const std::string& where) {
  JsonReader reader(json, where);
  NamedRevision named{reader.Text("name"), Revision(reader)};
  reader.Finish();
  return named;
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

void CheckSchema(JsonReader& reader) {
  const int64_t version = reader.Integer("schema_version", 1, kMaxCount);
  if (version <= kRecordSchemaVersion) return;
  Refuse(reader.where() + ": schema_version", fmt::format("{}", version),
         fmt::format("at most {}", kRecordSchemaVersion),
         "A newer bcreid wrote this record: update this one.");
}

std::optional<double> ReadFloor(JsonReader& reader) {
  JsonReader floor(Object(reader, "reference_floor"), reader.where() + ": reference_floor");
  std::optional<double> random_map;
  if (floor.Has("random_map")) random_map = floor.Number("random_map", 0, 1);
  floor.Finish();
  return random_map;
}

UpgradeModels ReadUpgrade(const Json& json, const std::string& where) {
  JsonReader reader(json, where);
  const UpgradeModels names = {reader.Text("old"), reader.Text("new"), reader.Text("paragon", "")};
  reader.Finish();
  return names;
}

void ReadLists(JsonReader& reader, RunRecord& record) {
  const std::string& where = reader.where();
  if (reader.Has("upgrade"))
    record.upgrade = ReadUpgrade(reader.Raw("upgrade"), where + ": upgrade");
  record.adapters = parts::ReadAdapters(reader);
  for (const auto& [role, data] : Object(reader, "data").items()) {
    record.data[role] = ReadData(data, where + ": data." + role);
  }
  for (const Json& model : List(reader, "models")) {
    record.models.push_back(
        ReadModel(model, fmt::format("{}: models[{}]", where, record.models.size())));
  }
  for (const Json& cell : List(reader, "cells")) {
    record.cells.push_back(
        parts::ReadCell(cell, fmt::format("{}: cells[{}]", where, record.cells.size())));
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
        parts::ReadCompatibility(Object(reader, "compatibility"), where + ": compatibility");
  }
  record.sections = parts::ReadSections(reader);
  record.scoring = parts::ReadScoring(Object(reader, "scoring"), where + ": scoring");
  record.random_map = ReadFloor(reader);
  record.configuration = ReadFree(reader, "configuration");
  record.time_split = parts::ReadTimes(reader);
  record.peak_memory_mib = reader.Number("peak_memory_mib", 0, kMaxNumber);
  record.provenance = parts::ReadProvenance(Object(reader, "provenance"), where + ": provenance");
  reader.Finish();
  CheckRecord(record, where);
  return record;
}

}  // namespace bcr
