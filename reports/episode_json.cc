#include "reports/episode_json.h"

#include <nlohmann/json.hpp>

#include "reports/list_json.h"
#include "reports/record_parts.h"

namespace bcr::parts {
namespace {

using Kind = EpisodeFigures::Kind;
using Mean = EpisodeFigures::Mean;

Json MeanJson(const Mean& mean) {
  Json json = MetricJson(mean.value);
  json["half_width"] = mean.half_width;
  return json;
}

Json CellOfJson(const EpisodeFigures::Cell& cell) {
  return {{"query_model", cell.query_model},
          {"gallery_model", cell.gallery_model},
          {"accuracy", MeanJson(cell.accuracy)}};
}

Json DifferenceJson(const EpisodeFigures::Difference& difference) {
  return {{"query_model", difference.query_model},
          {"gallery_model", difference.gallery_model},
          {"from_query_model", difference.from_query_model},
          {"from_gallery_model", difference.from_gallery_model},
          {"difference", MeanJson(difference.difference)}};
}

Json KindJson(const Kind& kind) {
  Json json = {{"way", kind.way},
               {"shot", kind.shot},
               {"queries", kind.queries},
               {"mean_queries", kind.mean_queries},
               {"identities", kind.identities},
               {"left_out", kind.left_out},
               {"cells", ListJson(kind.cells, CellOfJson)},
               {"differences", ListJson(kind.differences, DifferenceJson)}};
  if (kind.share_of_new) json["share_of_new"] = {{"value", *kind.share_of_new}};
  if (!kind.share_of_new_reason.empty())
    json["share_of_new"] = {{"reason", kind.share_of_new_reason}};
  return json;
}

// A metric with one further key.
Mean ReadMean(JsonReader& outer, const std::string& key, double bound) {
  const std::string where = outer.where() + "." + key;
  Json json = Object(outer, key);
  Mean mean;
  {
    JsonReader reader(json, where);
    mean.half_width = reader.Number("half_width", 0, 1);
  }
  json.erase("half_width");
  mean.value = ReadMetric(json, where, bound);
  return mean;
}

EpisodeFigures::Cell ReadCellOf(const Json& json, const std::string& where) {
  JsonReader reader(json, where);
  EpisodeFigures::Cell cell;
  cell.query_model = reader.Text("query_model");
  cell.gallery_model = reader.Text("gallery_model");
  cell.accuracy = ReadMean(reader, "accuracy", 1);
  reader.Finish();
  return cell;
}

EpisodeFigures::Difference ReadDifference(const Json& json, const std::string& where) {
  JsonReader reader(json, where);
  EpisodeFigures::Difference difference;
  difference.query_model = reader.Text("query_model");
  difference.gallery_model = reader.Text("gallery_model");
  difference.from_query_model = reader.Text("from_query_model");
  difference.from_gallery_model = reader.Text("from_gallery_model");
  difference.difference = ReadMean(reader, "difference", 1);
  reader.Finish();
  return difference;
}

void ReadShareOfNew(JsonReader& outer, Kind& kind) {
  if (!outer.Has("share_of_new")) return;
  JsonReader reader(Object(outer, "share_of_new"), outer.where() + ".share_of_new");
  if (reader.Has("value")) {
    kind.share_of_new = AnyNumber(reader, "value");
  } else {
    kind.share_of_new_reason = reader.Text("reason");
    if (kind.share_of_new_reason.empty()) Refuse(reader.where(), "an empty reason", "a sentence");
  }
  reader.Finish();
}

Kind ReadKind(const Json& json, const std::string& where) {
  JsonReader reader(json, where);
  Kind kind;
  kind.way = Count(reader, "way");
  kind.shot = Count(reader, "shot");
  kind.queries = Count(reader, "queries");
  kind.mean_queries = reader.Number("mean_queries", 0, kMaxNumber);
  kind.identities = Count(reader, "identities");
  kind.left_out = reader.TextList("left_out");
  kind.cells = ReadList(reader, "cells", ReadCellOf);
  kind.differences = ReadList(reader, "differences", ReadDifference);
  ReadShareOfNew(reader, kind);
  reader.Finish();
  return kind;
}

}  // namespace

Json SectionJson(const EpisodeFigures& figures) {
  return {{"kinds", ListJson(figures.kinds, KindJson)}};
}

void Read(JsonReader& reader, EpisodeFigures& figures) {
  figures.kinds = ReadList(reader, "kinds", ReadKind);
}

}  // namespace bcr::parts
