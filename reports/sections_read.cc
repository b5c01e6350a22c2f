#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "reports/candidate_json.h"
#include "reports/change_json.h"
#include "reports/episode_json.h"
#include "reports/list_json.h"
#include "reports/record_parts.h"
#include "reports/threshold_json.h"

namespace bcr::parts {
namespace {

std::string In(const JsonReader& reader, const std::string& key) {
  return reader.where() + "." + key;
}

ValueOrReason ReadValue(JsonReader& outer, const std::string& key) {
  JsonReader reader(Object(outer, key), In(outer, key));
  ValueOrReason figure;
  if (!reader.Has("value")) {
    figure.reason = reader.Text("reason");
  } else {
    figure.value = AnyNumber(reader, "value");
    figure.low = OptionalNumber(reader, "low");
    figure.high = OptionalNumber(reader, "high");
  }
  reader.Finish();
  return figure;
}

PairFigures::Counts ReadCounts(JsonReader& outer, const std::string& key) {
  JsonReader reader(Object(outer, key), In(outer, key));
  PairFigures::Counts counts;
  counts.pairs = Count(reader, "pairs");
  counts.satisfied = Count(reader, "satisfied");
  counts.severe = Count(reader, "severe");
  counts.worst = reader.Number("worst", 0, kMaxNumber);
  if (reader.Has("share")) counts.share = Share(reader, "share");
  reader.Finish();
  return counts;
}

void Read(JsonReader& reader, PairFigures& pairs) {
  pairs.same = ReadCounts(reader, "same");
  pairs.different = ReadCounts(reader, "different");
  pairs.margin = reader.Number("margin", 0, kMaxNumber);
}

std::optional<double> ReadEntry(const Json& json, const std::string& where) {
  JsonReader reader(json, where);
  std::optional<double> entry;
  if (reader.Has("value")) entry = Share(reader, "value");
  reader.Finish();
  return entry;
}

void Read(JsonReader& reader, MatrixFigures& matrix) {
  matrix.models = reader.TextList("models");
  for (const Json& row : List(reader, "map_hits")) {
    const std::string where = fmt::format("{}[{}]", In(reader, "map_hits"), matrix.map_hits.size());
    if (!row.is_array()) Refuse(where, row.type_name(), "a list");
    auto& entries = matrix.map_hits.emplace_back();
    for (const Json& entry : row) {
      entries.push_back(ReadEntry(entry, fmt::format("{}[{}]", where, entries.size())));
    }
  }
  for (const auto& [name, value] : Object(reader, "values").items()) {
    matrix.values[name] = ReadMetric(value, In(reader, "values." + name), kMaxNumber);
  }
  JsonReader reasons(Object(reader, "reasons"), In(reader, "reasons"));
  for (const auto& [name, reason] : Object(reader, "reasons").items()) {
    matrix.reasons[name] = reasons.Text(name);
  }
}

BackfillCurves::Point ReadPoint(const Json& json, const std::string& where) {
  JsonReader reader(json, where);
  BackfillCurves::Point point;
  point.share = Share(reader, "share");
  point.replaced = Count(reader, "replaced");
  point.map_hits = Share(reader, "map_hits");
  point.map_deviation = Share(reader, "map_deviation");
  point.cmc1 = Share(reader, "cmc1");
  point.old_in_top10 = Share(reader, "old_in_top10");
  point.old_in_gallery = Share(reader, "old_in_gallery");
  if (reader.Has("nfr1")) point.nfr1 = Share(reader, "nfr1");
  reader.Finish();
  return point;
}

BackfillCurves::Curve ReadCurve(const Json& json, const std::string& where) {
  JsonReader reader(json, where);
  BackfillCurves::Curve curve;
  curve.order = reader.Text("order");
  curve.shuffles = Count(reader, "shuffles");
  curve.points = ReadList(reader, "points", ReadPoint);
  curve.area = ReadValue(reader, "area");
  curve.least = Share(reader, "least");
  curve.least_share = Share(reader, "least_share");
  curve.falls = Count(reader, "falls");
  curve.largest_fall = Share(reader, "largest_fall");
  curve.share_to_95 = Share(reader, "share_to_95");
  reader.Finish();
  return curve;
}

BackfillCurves::Population ReadPopulation(JsonReader& outer, const std::string& key) {
  JsonReader reader(Object(outer, key), In(outer, key));
  BackfillCurves::Population population{Count(reader, "pairs"), AnyNumber(reader, "mean"),
                                        reader.Number("deviation", 0, kMaxNumber)};
  reader.Finish();
  return population;
}

void Read(JsonReader& reader, BackfillCurves& backfill) {
  backfill.curves = ReadList(reader, "curves", ReadCurve);
  if (reader.Has("widths")) {
    JsonReader widths(Object(reader, "widths"), In(reader, "widths"));
    backfill.old_width = Count(widths, "old");
    backfill.new_width = Count(widths, "new");
    widths.Finish();
  }
  JsonReader populations(Object(reader, "populations"), In(reader, "populations"));
  backfill.old_matches = ReadPopulation(populations, "old_matches");
  backfill.old_others = ReadPopulation(populations, "old_others");
  backfill.new_matches = ReadPopulation(populations, "new_matches");
  backfill.new_others = ReadPopulation(populations, "new_others");
  populations.Finish();
}

SliceTable::Slice ReadSlice(JsonReader& reader) {
  SliceTable::Slice slice;
  slice.queries = Count(reader, "queries");
  slice.valid_queries = Count(reader, "valid_queries");
  slice.identities = Count(reader, "identities");
  slice.map_hits = ReadValue(reader, "map_hits");
  slice.cmc1 = ReadValue(reader, "cmc1");
  return slice;
}

SliceTable::Identity ReadIdentity(const Json& json, const std::string& where) {
  JsonReader reader(json, where);
  SliceTable::Identity slice{reader.Text("identity"), ReadSlice(reader)};
  reader.Finish();
  return slice;
}

SliceTable::CameraPair ReadCameraPair(const Json& json, const std::string& where) {
  JsonReader reader(json, where);
  SliceTable::CameraPair slice{reader.Text("query_camera"), reader.Text("gallery_camera"),
                               Count(reader, "gallery"), ReadSlice(reader)};
  reader.Finish();
  return slice;
}

SliceTable::Cell ReadSlices(const Json& json, const std::string& where) {
  JsonReader reader(json, where);
  SliceTable::Cell cell;
  cell.query_model = reader.Text("query_model");
  cell.gallery_model = reader.Text("gallery_model");
  cell.identities = ReadList(reader, "identities", ReadIdentity);
  cell.camera_pairs = ReadList(reader, "camera_pairs", ReadCameraPair);
  reader.Finish();
  return cell;
}

void Read(JsonReader& reader, SliceTable& slices) {
  slices.cells = ReadList(reader, "cells", ReadSlices);
}

SearchFigures::Figures ReadFigures(JsonReader& outer, const std::string& key) {
  JsonReader reader(Object(outer, key), In(outer, key));
  SearchFigures::Figures figures{Share(reader, "map_hits"), Share(reader, "cmc1"),
                                 Share(reader, "cmc5"), Share(reader, "cmc10")};
  reader.Finish();
  return figures;
}

SearchFigures::Cell ReadCost(const Json& json, const std::string& where) {
  JsonReader reader(json, where);
  SearchFigures::Cell cell;
  cell.query_model = reader.Text("query_model");
  cell.gallery_model = reader.Text("gallery_model");
  cell.recall_at_1 = Share(reader, "recall_at_1");
  cell.recall_at_10 = Share(reader, "recall_at_10");
  cell.recall_at_k = Share(reader, "recall_at_k");
  cell.exact = ReadFigures(reader, "exact");
  cell.approximate = ReadFigures(reader, "approximate");
  cell.truncated = ReadFigures(reader, "truncated");
  reader.Finish();
  return cell;
}

SearchFigures::Judged ReadJudged(JsonReader& outer, const std::string& key) {
  JsonReader reader(Object(outer, key), In(outer, key));
  JsonReader gain(Object(reader, "gain"), In(reader, "gain"));
  SearchFigures::Judged judged{gain.Number("value", -1, 1), gain.Number("low", -1, 1),
                               gain.Number("high", -1, 1),
                               reader.Choice("verdict", {"yes", "no", "undecided"})};
  gain.Finish();
  reader.Finish();
  return judged;
}

void Read(JsonReader& reader, SearchFigures& search) {
  search.index = reader.Text("index");
  search.k = Count(reader, "k");
  search.cells = ReadList(reader, "cells", ReadCost);
  if (!reader.Has("compatibility")) return;
  JsonReader judged(Object(reader, "compatibility"), In(reader, "compatibility"));
  search.compatibility = {ReadJudged(judged, "exact"), ReadJudged(judged, "truncated"),
                          ReadJudged(judged, "approximate")};
  judged.Finish();
}

}  // namespace

Sections ReadSections(JsonReader& reader) {
  Sections sections;
  const auto read = [&](const char* key, auto& section) {
    if (!reader.Has(key)) return;
    JsonReader inner(Object(reader, key), fmt::format("{}: {}", reader.where(), key));
    Read(inner, section.emplace());
    inner.Finish();
  };
  read("pair_criterion", sections.pair_criterion);
  read("matrix", sections.matrix);
  read("backfill", sections.backfill);
  read("slices", sections.slices);
  read("search", sections.search);
  read("thresholds", sections.thresholds);
  read("changes", sections.changes);
  read("episodes", sections.episodes);
  read("candidates", sections.candidates);
  return sections;
}

}  // namespace bcr::parts
