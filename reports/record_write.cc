#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "reports/list_json.h"
#include "reports/record_parts.h"
#include "reports/run_record.h"

namespace bcr {
namespace {

using parts::FreeValue, parts::ListJson;

Json NamedJson(const NamedRevision& named) {
  return {{"name", named.name}, {"revision", named.revision}};
}

Json DataJson(const DataRecord& data) {
  Json counts = Json::object();
  for (const auto& [split, count] : data.counts) {
    counts[split] = {
        {"images", count.images}, {"identities", count.identities}, {"cameras", count.cameras}};
  }
  return {{"reference", data.reference},
          {"reader", data.reader},
          {"revision", data.revision},
          {"hash", data.hash},
          {"counts", counts},
          {"junk_dropped", data.junk_dropped},
          {"distractors", data.distractors},
          {"unparsed", data.unparsed},
          {"single_image_identities", data.single_image_identities},
          {"queries_without_match", data.queries_without_match},
          {"differences", data.differences},
          {"bad_images", data.bad_images}};
}

Json ModelJson(const ModelRecord& model) {
  return {{"key", model.key},
          {"backbone", model.backbone},
          {"width", model.width},
          {"feature_side", model.feature_side},
          {"init", model.init},
          {"labels", model.labels},
          {"data", model.data},
          {"identities", model.identities},
          {"images", model.images},
          {"epochs", model.epochs},
          {"steps", model.steps},
          {"weights_hash", model.weights_hash},
          {"view_hash", model.view_hash},
          {"seconds", model.seconds},
          {"images_per_second", model.images_per_second},
          {"reused", model.reused},
          {"notes", FreeValue(model.notes)}};
}

}  // namespace

namespace {

// Both are absent where they say what records without them mean.
void AddGraph(const RunRecord& record, Json& json) {
  parts::AddAdapters(record.adapters, json);
  const UpgradeModels& names = record.upgrade;
  const UpgradeModels usual;
  if (names.old_model == usual.old_model && names.new_model == usual.new_model &&
      names.paragon == usual.paragon)
    return;
  json["upgrade"] = {{"old", names.old_model}, {"new", names.new_model}};
  if (!names.paragon.empty()) json["upgrade"]["paragon"] = names.paragon;
}

}  // namespace

Json RecordJson(const RunRecord& record) {
  Json data = Json::object();
  for (const auto& [role, entry] : record.data) data[role] = DataJson(entry);
  Json json = {{"schema_version", kRecordSchemaVersion},
               {"status", record.status},
               {"error", record.error},
               {"official", record.official},
               {"unofficial_reasons", record.unofficial_reasons},
               {"setting", NamedJson(record.setting)},
               {"method", NamedJson(record.method)},
               {"profile", NamedJson(record.profile)},
               {"seed", record.seed},
               {"data", data},
               {"models", ListJson(record.models, ModelJson)},
               {"cells", ListJson(record.cells, parts::CellJson)},
               {"scoring", parts::ScoringJson(record.scoring)},
               {"reference_floor", Json::object()},
               {"configuration", FreeValue(record.configuration)},
               {"time_split", record.time_split},
               {"peak_memory_mib", record.peak_memory_mib},
               {"provenance", parts::ProvenanceJson(record.provenance)}};
  if (record.random_map) json["reference_floor"]["random_map"] = *record.random_map;
  if (record.compatibility) json["compatibility"] = parts::CompatibilityJson(*record.compatibility);
  parts::AddSections(record.sections, json);
  AddGraph(record, json);
  parts::RefuseNotFinite(json, "run record: ");
  CheckRecord(record, "run record");
  return json;
}

Json ComparableJson(const RunRecord& record) {
  Json json = RecordJson(record);
  json.erase("time_split");
  json.erase("peak_memory_mib");
  json["provenance"].erase("host");
  json["provenance"].erase("command_line");
  json["provenance"].erase("created");
  for (Json& model : json["models"]) {
    model.erase("seconds");
    model.erase("images_per_second");
    model.erase("reused");
  }
  if (json.contains("adapters")) {
    for (Json& adapter : json["adapters"]) adapter.erase("ms_a_row");
  }
  return json;
}

}  // namespace bcr
