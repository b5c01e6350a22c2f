#include "reports/score_report.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "reports/record_parts.h"

namespace bcr {
namespace {

using parts::Count, parts::kMaxCount, parts::kMaxNumber, parts::List, parts::Object, parts::Refuse;

Json SetJson(const SetRecord& set) {
  Json shards = Json::array();
  for (const ShardRecord& shard : set.shards) {
    shards.push_back({{"path", shard.path},
                      {"index", shard.index_path},
                      {"rows", shard.rows},
                      {"width", shard.width},
                      {"dtype", shard.dtype}});
  }
  Json json = {{"model", set.model},
               {"side", set.side},
               {"rows", set.rows},
               {"width", set.width},
               {"identities", set.identities},
               {"cameras", set.cameras},
               {"hash", set.hash},
               {"index_hash", set.index_hash},
               {"reordered", set.reordered},
               {"shards", shards}};
  if (set.junk) json["junk"] = *set.junk;
  if (set.distractors) json["distractors"] = *set.distractors;
  return json;
}

ShardRecord ReadShard(const Json& json, const std::string& where) {
  JsonReader reader(json, where);
  ShardRecord shard{reader.Text("path"), reader.Text("index"), Count(reader, "rows"),
                    Count(reader, "width"), reader.Text("dtype")};
  reader.Finish();
  return shard;
}

SetRecord ReadSet(const Json& json, const std::string& where) {
  JsonReader reader(json, where);
  SetRecord set;
  set.model = reader.Text("model");
  set.side = reader.Choice("side", {"query", "gallery"});
  set.rows = Count(reader, "rows");
  set.width = Count(reader, "width");
  set.identities = Count(reader, "identities");
  set.cameras = Count(reader, "cameras");
  if (reader.Has("junk")) set.junk = Count(reader, "junk");
  if (reader.Has("distractors")) set.distractors = Count(reader, "distractors");
  set.hash = reader.Text("hash");
  set.index_hash = reader.Text("index_hash");
  set.reordered = reader.Bool("reordered");
  for (const Json& shard : List(reader, "shards")) {
    set.shards.push_back(ReadShard(shard, fmt::format("{}.shards[{}]", where, set.shards.size())));
  }
  reader.Finish();
  return set;
}

StatisticsRecord ReadStatistics(const Json& json, const std::string& where) {
  JsonReader reader(json, where);
  StatisticsRecord statistics;
  statistics.resamples = reader.Integer("resamples", 1, kMaxCount);
  statistics.seed = static_cast<uint64_t>(Count(reader, "seed"));
  statistics.level = reader.Number("level", 0, 1);
  reader.Finish();
  return statistics;
}

void Check(const ScoreReport& report, const std::string& where) {
  parts::CheckCells(report.models, report.cells, where);
  if (report.cells.empty()) Refuse(where + ": cells", "none", "at least one");
  parts::CheckAdapters(report.models, report.adapters, where);
  if (report.compatibility) {
    parts::CheckCompatibility(*report.compatibility, where + ": compatibility");
  }
  parts::CheckSections(report.models, report.sections, where);
}

void ReadLists(JsonReader& reader, ScoreReport& report) {
  const std::string& where = reader.where();
  report.models = reader.TextList("models");
  for (const Json& set : List(reader, "sets")) {
    report.sets.push_back(ReadSet(set, fmt::format("{}: sets[{}]", where, report.sets.size())));
  }
  report.adapters = parts::ReadAdapters(reader);
  for (const Json& cell : List(reader, "cells")) {
    report.cells.push_back(
        parts::ReadCell(cell, fmt::format("{}: cells[{}]", where, report.cells.size())));
  }
}

}  // namespace

Json ScoreReportJson(const ScoreReport& report) {
  Json json = {{"kind", kScoreReportKind},
               {"schema_version", kScoreReportSchemaVersion},
               {"models", report.models},
               {"sets", Json::array()},
               {"scoring", parts::ScoringJson(report.scoring)},
               {"statistics",
                {{"resamples", report.statistics.resamples},
                 {"seed", report.statistics.seed},
                 {"level", report.statistics.level}}},
               {"cells", Json::array()},
               {"time_split", report.time_split},
               {"peak_memory_mib", report.peak_memory_mib},
               {"provenance", parts::ProvenanceJson(report.provenance)}};
  for (const SetRecord& set : report.sets) json["sets"].push_back(SetJson(set));
  for (const CellRecord& cell : report.cells) json["cells"].push_back(parts::CellJson(cell));
  parts::AddAdapters(report.adapters, json);
  if (report.compatibility) {
    json["compatibility"] = parts::CompatibilityJson(*report.compatibility);
  }
  parts::AddSections(report.sections, json);
  parts::RefuseNotFinite(json, "score report: ");
  Check(report, "score report");
  return json;
}

ScoreReport ScoreReportFromJson(const Json& json, const std::string& where) {
  if (!json.is_object()) Refuse(where, "no JSON object", "a score report");
  JsonReader reader(json, where);
  reader.Choice("kind", {kScoreReportKind});
  const int64_t version = reader.Integer("schema_version", 1, kMaxCount);
  if (version > kScoreReportSchemaVersion) {
    Refuse(where + ": schema_version", fmt::format("{}", version),
           fmt::format("at most {}", kScoreReportSchemaVersion),
           "A newer bcreid wrote this report: update this one.");
  }
  ScoreReport report;
  ReadLists(reader, report);
  report.scoring = parts::ReadScoring(Object(reader, "scoring"), where + ": scoring");
  report.statistics = ReadStatistics(Object(reader, "statistics"), where + ": statistics");
  if (reader.Has("compatibility")) {
    report.compatibility =
        parts::ReadCompatibility(Object(reader, "compatibility"), where + ": compatibility");
  }
  report.sections = parts::ReadSections(reader);
  report.time_split = parts::ReadTimes(reader);
  report.peak_memory_mib = reader.Number("peak_memory_mib", 0, kMaxNumber);
  report.provenance = parts::ReadProvenance(Object(reader, "provenance"), where + ": provenance");
  reader.Finish();
  Check(report, where);
  return report;
}

Json ComparableScoreJson(const ScoreReport& report) {
  Json json = ScoreReportJson(report);
  json.erase("time_split");
  json.erase("peak_memory_mib");
  if (json.contains("adapters")) {
    for (Json& adapter : json["adapters"]) adapter.erase("ms_a_row");
  }
  for (const char* key : {"host", "command_line", "created"}) json["provenance"].erase(key);
  return json;
}

}  // namespace bcr
