#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "reports/record_parts.h"

namespace bcr {

FreeJson Free(const Json& json) { return std::make_shared<const Json>(json); }

namespace parts {

Json FreeValue(const FreeJson& free) { return free ? *free : Json::object(); }

void RefuseNotFinite(const Json& value, const std::string& path) {
  if (value.is_number_float() && !std::isfinite(value.get<double>())) {
    throw Error(ErrorCode::kInternal, {path, "a number that is not finite",
                                       "a value, or the field's absence with a reason", ""});
  }
  if (!value.is_structured()) return;
  for (const auto& [key, item] : value.items()) {
    RefuseNotFinite(item, path.ends_with(' ') ? path + key : path + "." + key);
  }
}

Json MetricJson(const MetricValue& metric) {
  Json json = {{"value", metric.value}, {"n", metric.n}};
  if (metric.low) json["low"] = *metric.low;
  if (metric.high) json["high"] = *metric.high;
  if (metric.few) json["few"] = true;
  if (metric.p_value) json["p_value"] = *metric.p_value;
  return json;
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
  if (!cell.reasons.empty()) json["reasons"] = cell.reasons;
  if (cell.identities) {
    json["identities"] = {{"count", cell.identities->count},
                          {"effective", cell.identities->effective},
                          {"few", cell.identities->few}};
  }
  if (cell.per_query)
    json["per_query"] = {{"file", cell.per_query->file}, {"hash", cell.per_query->hash}};
  return json;
}

Json CompatibilityJson(const CompatibilityRecord& compatibility) {
  Json json = {{"gain", MetricJson(compatibility.gain)},
               {"update_gain_reason", compatibility.update_gain_reason},
               {"verdict", compatibility.verdict}};
  if (compatibility.update_gain) json["update_gain"] = *compatibility.update_gain;
  if (!compatibility.values.empty()) {
    json["values"] = Json::object();
    for (const auto& [name, value] : compatibility.values) json["values"][name] = MetricJson(value);
  }
  if (!compatibility.reasons.empty()) json["reasons"] = compatibility.reasons;
  return json;
}

namespace {

Json AdapterJson(const AdapterRecord& adapter) {
  Json json = {{"adapter", adapter.adapter},   {"side", adapter.side},
               {"model", adapter.model},       {"earlier", adapter.earlier},
               {"width_in", adapter.width_in}, {"width_out", adapter.width_out},
               {"images", adapter.images},     {"bytes_a_row", adapter.bytes_a_row},
               {"ms_a_row", adapter.ms_a_row}, {"hash", adapter.hash}};
  if (adapter.both_models) json["both_models"] = true;
  return json;
}

}  // namespace

void AddAdapters(const std::vector<AdapterRecord>& adapters, Json& result) {
  for (const AdapterRecord& adapter : adapters) result["adapters"].push_back(AdapterJson(adapter));
}

Json ScoringJson(const ScoringRecord& scoring) {
  Json json = {{"revision", scoring.revision},
               {"policy", scoring.policy},
               {"distance", scoring.distance},
               {"normalised", scoring.normalised},
               {"feature_side", scoring.feature_side},
               {"widths", scoring.widths},
               {"ap", scoring.ap},
               {"ties", scoring.ties},
               {"camera_rule", scoring.camera_rule},
               {"junk_rule", scoring.junk_rule}};
  if (!scoring.rerank.empty()) json["rerank"] = scoring.rerank;
  if (!scoring.labels.empty()) json["labels"] = scoring.labels;
  return json;
}

Json ProvenanceJson(const RecordProvenance& provenance) {
  return {{"build", FreeValue(provenance.build)},
          {"host", FreeValue(provenance.host)},
          {"libraries", FreeValue(provenance.libraries)},
          {"command_line", provenance.command_line},
          {"created", provenance.created}};
}

}  // namespace parts
}  // namespace bcr
