#include <fmt/format.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/metrics/table.h"
#include "reports/record_parts.h"

namespace bcr::parts {

void Refuse(const std::string& where, const std::string& found, const std::string& expected,
            const std::string& hint) {
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

double Share(JsonReader& reader, const std::string& key) { return reader.Number(key, 0, 1); }

double AnyNumber(JsonReader& reader, const std::string& key) {
  return reader.Number(key, -kMaxNumber, kMaxNumber);
}

int Revision(JsonReader& reader) {
  return static_cast<int>(reader.Integer("revision", 0, 1000000));
}

std::optional<double> OptionalNumber(JsonReader& reader, const std::string& key) {
  if (!reader.Has(key)) return std::nullopt;
  return reader.Number(key, -kMaxNumber, kMaxNumber);
}

std::map<std::string, double> ReadTimes(JsonReader& reader) {
  std::map<std::string, double> times;
  const Json& object = Object(reader, "time_split");
  JsonReader time_reader(object, reader.where() + ": time_split");
  for (const auto& [kind, seconds] : object.items())
    times[kind] = time_reader.Number(kind, 0, kMaxNumber);
  return times;
}

MetricValue ReadMetric(const Json& json, const std::string& where, double bound) {
  JsonReader reader(json, where);
  MetricValue metric;
  metric.value = reader.Number("value", -bound, bound);
  metric.n = Count(reader, "n");
  metric.low = OptionalNumber(reader, "low");
  metric.high = OptionalNumber(reader, "high");
  if (reader.Has("few")) metric.few = reader.Bool("few");
  if (reader.Has("p_value")) metric.p_value = reader.Number("p_value", 0, 1);
  reader.Finish();
  return metric;
}

namespace {

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

std::map<std::string, std::string> ReadReasons(JsonReader& reader) {
  const Json& object = Object(reader, "reasons");
  JsonReader texts(object, reader.where() + ".reasons");
  std::map<std::string, std::string> reasons;
  for (const auto& [name, value] : object.items()) reasons[name] = texts.Text(name);
  return reasons;
}

AdapterRecord ReadAdapter(const Json& json, const std::string& where) {
  JsonReader reader(json, where);
  AdapterRecord adapter;
  adapter.adapter = reader.Text("adapter");
  adapter.side = reader.Choice("side", {"query", "gallery"});
  adapter.model = reader.Text("model");
  adapter.earlier = reader.Text("earlier");
  adapter.width_in = Count(reader, "width_in");
  adapter.width_out = Count(reader, "width_out");
  adapter.images = Count(reader, "images");
  adapter.bytes_a_row = Count(reader, "bytes_a_row");
  adapter.ms_a_row = reader.Number("ms_a_row", 0, kMaxNumber);
  adapter.hash = reader.Text("hash");
  adapter.both_models = reader.Bool("both_models", false);
  reader.Finish();
  return adapter;
}

IdentitiesRecord ReadIdentities(const Json& json, const std::string& where) {
  JsonReader reader(json, where);
  IdentitiesRecord identities;
  identities.count = Count(reader, "count");
  identities.effective = reader.Number("effective", 0, kMaxNumber);
  identities.few = reader.Bool("few");
  reader.Finish();
  return identities;
}

}  // namespace

CellRecord ReadCell(const Json& json, const std::string& where) {
  JsonReader reader(json, where);
  CellRecord cell;
  cell.query_model = reader.Text("query_model");
  cell.gallery_model = reader.Text("gallery_model");
  cell.status = reader.Choice("status", {"ok", "failed"});
  cell.error = reader.Text("error");
  const Json& metrics = Object(reader, "metrics");
  JsonReader metric_reader(metrics, where + ".metrics");
  for (const MetricInfo* metric : QueryMetrics()) {
    const std::string& name = metric->name;
    if (!metric_reader.Has(name)) continue;
    cell.metrics[name] = ReadMetric(metric_reader.Raw(name), where + ".metrics." + name);
  }
  metric_reader.Finish();
  if (reader.Has("reasons")) cell.reasons = ReadReasons(reader);
  cell.cmc = ReadCmc(reader);
  cell.valid_queries = Count(reader, "valid_queries");
  cell.invalid_queries = Count(reader, "invalid_queries");
  cell.gallery_size = Count(reader, "gallery_size");
  if (reader.Has("identities"))
    cell.identities = ReadIdentities(reader.Raw("identities"), where + ".identities");
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
  if (reader.Has("values")) {
    for (const auto& [name, value] : Object(reader, "values").items()) {
      compatibility.values[name] = ReadMetric(value, where + ".values." + name, kMaxNumber);
    }
  }
  if (reader.Has("reasons")) compatibility.reasons = ReadReasons(reader);
  reader.Finish();
  return compatibility;
}

std::vector<AdapterRecord> ReadAdapters(JsonReader& result) {
  std::vector<AdapterRecord> adapters;
  if (!result.Has("adapters")) return adapters;
  for (const Json& adapter : List(result, "adapters")) {
    adapters.push_back(
        ReadAdapter(adapter, fmt::format("{}: adapters[{}]", result.where(), adapters.size())));
  }
  return adapters;
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
  scoring.rerank = reader.Text("rerank", "");
  scoring.labels = reader.Text("labels", "");
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

}  // namespace bcr::parts
