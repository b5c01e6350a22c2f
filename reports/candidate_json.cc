#include "reports/candidate_json.h"

#include <nlohmann/json.hpp>

#include "reports/list_json.h"
#include "reports/record_parts.h"

namespace bcr::parts {
namespace {

using Sets = CandidateFigures::Sets;

Json SetsJson(const Sets& sets) {
  return {{"threshold", sets.threshold}, {"mean", sets.mean},
          {"median", sets.median},       {"ninety_five", sets.ninety_five},
          {"empty", sets.empty},         {"hit_rate", MetricJson(sets.hit_rate)},
          {"recall", sets.recall}};
}

Json PointJson(const CandidateFigures::Point& point) {
  Json json = {{"wanted", point.wanted}, {"own", SetsJson(point.own)}};
  if (point.carried) json["carried"] = SetsJson(*point.carried);
  return json;
}

Json CellOfJson(const CandidateFigures::Cell& cell) {
  return {{"query_model", cell.query_model},
          {"gallery_model", cell.gallery_model},
          {"queries", cell.queries},
          {"people", cell.people},
          {"points", ListJson(cell.points, PointJson)}};
}

Sets ReadSets(JsonReader& outer, const std::string& key) {
  JsonReader reader(Object(outer, key), outer.where() + "." + key);
  Sets sets;
  sets.threshold = AnyNumber(reader, "threshold");
  sets.mean = reader.Number("mean", 0, kMaxNumber);
  sets.median = Count(reader, "median");
  sets.ninety_five = Count(reader, "ninety_five");
  sets.empty = Share(reader, "empty");
  sets.hit_rate = ReadMetric(reader.Raw("hit_rate"), reader.where() + ".hit_rate");
  sets.recall = Share(reader, "recall");
  reader.Finish();
  return sets;
}

CandidateFigures::Point ReadPoint(const Json& json, const std::string& where) {
  JsonReader reader(json, where);
  CandidateFigures::Point point;
  point.wanted = reader.Number("wanted", 0, kMaxNumber);
  point.own = ReadSets(reader, "own");
  if (reader.Has("carried")) point.carried = ReadSets(reader, "carried");
  reader.Finish();
  return point;
}

CandidateFigures::Cell ReadCellOf(const Json& json, const std::string& where) {
  JsonReader reader(json, where);
  CandidateFigures::Cell cell;
  cell.query_model = reader.Text("query_model");
  cell.gallery_model = reader.Text("gallery_model");
  cell.queries = Count(reader, "queries");
  cell.people = Count(reader, "people");
  cell.points = ReadList(reader, "points", ReadPoint);
  reader.Finish();
  return cell;
}

}  // namespace

Json SectionJson(const CandidateFigures& figures) {
  Json json = {{"cells", ListJson(figures.cells, CellOfJson)}};
  if (figures.calibrated_on) {
    json["calibrated_on"] = {{"query_model", figures.calibrated_on->query_model},
                             {"gallery_model", figures.calibrated_on->gallery_model}};
  }
  return json;
}

void Read(JsonReader& reader, CandidateFigures& figures) {
  figures.cells = ReadList(reader, "cells", ReadCellOf);
  if (!reader.Has("calibrated_on")) return;
  JsonReader name(Object(reader, "calibrated_on"), reader.where() + ".calibrated_on");
  figures.calibrated_on = {name.Text("query_model"), name.Text("gallery_model")};
  name.Finish();
}

}  // namespace bcr::parts
