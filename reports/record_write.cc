#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "reports/run_record.h"

namespace bcr {
namespace {

Json FreeValue(const FreeJson& free) { return free ? *free : Json::object(); }

void RefuseNotFinite(const Json& value, const std::string& path) {
  if (value.is_number_float() && !std::isfinite(value.get<double>())) {
    throw Error(ErrorCode::kInternal, {"run record: " + path, "a number that is not finite",
                                       "a value, or the field's absence with a reason", ""});
  }
  if (!value.is_structured()) return;
  for (const auto& [key, item] : value.items()) {
    RefuseNotFinite(item, path.empty() ? key : path + "." + key);
  }
}

Json MetricJson(const MetricValue& metric) {
  Json json = {{"value", metric.value}, {"n", metric.n}};
  if (metric.low) json["low"] = *metric.low;
  if (metric.high) json["high"] = *metric.high;
  return json;
}

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

Json CellJson(const CellRecord& cell) {
  Json metrics = Json::object();
  for (const auto& [name, metric] : cell.metrics) metrics[name] = MetricJson(metric);
  Json json = {{"query_model", cell.query_model},
               {"gallery_model", cell.gallery_model},
               {"status", cell.status},
               {"error", cell.error},
               {"metrics", metrics},
               {"cmc", cell.cmc},
               {"valid_queries", cell.valid_queries},
               {"invalid_queries", cell.invalid_queries},
               {"gallery_size", cell.gallery_size}};
  if (cell.per_query)
    json["per_query"] = {{"file", cell.per_query->file}, {"hash", cell.per_query->hash}};
  return json;
}

Json CompatibilityJson(const CompatibilityRecord& compatibility) {
  Json json = {{"gain", MetricJson(compatibility.gain)},
               {"update_gain_reason", compatibility.update_gain_reason},
               {"verdict", compatibility.verdict}};
  if (compatibility.update_gain) json["update_gain"] = *compatibility.update_gain;
  return json;
}

Json ScoringJson(const ScoringRecord& scoring) {
  return {{"revision", scoring.revision},
          {"policy", scoring.policy},
          {"distance", scoring.distance},
          {"normalised", scoring.normalised},
          {"feature_side", scoring.feature_side},
          {"widths", scoring.widths},
          {"ap", scoring.ap},
          {"ties", scoring.ties},
          {"camera_rule", scoring.camera_rule},
          {"junk_rule", scoring.junk_rule}};
}

Json ProvenanceJson(const RecordProvenance& provenance) {
  return {{"build", FreeValue(provenance.build)},
          {"host", FreeValue(provenance.host)},
          {"libraries", FreeValue(provenance.libraries)},
          {"command_line", provenance.command_line},
          {"created", provenance.created}};
}

template <typename Item, typename Convert>
Json ListJson(const std::vector<Item>& items, Convert convert) {
  Json list = Json::array();
  for (const Item& item : items) list.push_back(convert(item));
  return list;
}

}  // namespace

FreeJson Free(const Json& json) { return std::make_shared<const Json>(json); }

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
               {"cells", ListJson(record.cells, CellJson)},
               {"scoring", ScoringJson(record.scoring)},
               {"reference_floor", Json::object()},
               {"configuration", FreeValue(record.configuration)},
               {"time_split", record.time_split},
               {"peak_memory_mib", record.peak_memory_mib},
               {"provenance", ProvenanceJson(record.provenance)}};
  if (record.random_map) json["reference_floor"]["random_map"] = *record.random_map;
  if (record.compatibility) json["compatibility"] = CompatibilityJson(*record.compatibility);
  RefuseNotFinite(json, "");
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
  return json;
}

}  // namespace bcr
