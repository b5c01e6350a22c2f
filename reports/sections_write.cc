#include <nlohmann/json.hpp>

#include "reports/candidate_json.h"
#include "reports/change_json.h"
#include "reports/episode_json.h"
#include "reports/list_json.h"
#include "reports/record_parts.h"
#include "reports/threshold_json.h"

namespace bcr::parts {
namespace {

Json ValueJson(const ValueOrReason& figure) {
  Json json = Json::object();
  if (figure.value) json["value"] = *figure.value;
  if (figure.low) json["low"] = *figure.low;
  if (figure.high) json["high"] = *figure.high;
  if (!figure.value) json["reason"] = figure.reason;
  return json;
}

Json CountsJson(const PairFigures::Counts& counts) {
  Json json = {{"pairs", counts.pairs},
               {"satisfied", counts.satisfied},
               {"severe", counts.severe},
               {"worst", counts.worst}};
  if (counts.share) json["share"] = *counts.share;
  return json;
}

Json SectionJson(const PairFigures& pairs) {
  return {{"same", CountsJson(pairs.same)},
          {"different", CountsJson(pairs.different)},
          {"margin", pairs.margin}};
}

Json SectionJson(const MatrixFigures& matrix) {
  Json rows = Json::array(), values = Json::object();
  for (const auto& row : matrix.map_hits) {
    rows.push_back(ListJson(row, [](const std::optional<double>& entry) {
      return entry ? Json{{"value", *entry}} : Json::object();
    }));
  }
  for (const auto& [name, value] : matrix.values) values[name] = MetricJson(value);
  return {{"models", matrix.models},
          {"map_hits", rows},
          {"values", values},
          {"reasons", Json(matrix.reasons)}};
}

Json PointJson(const BackfillCurves::Point& point) {
  Json json = {{"share", point.share},
               {"replaced", point.replaced},
               {"map_hits", point.map_hits},
               {"map_deviation", point.map_deviation},
               {"cmc1", point.cmc1},
               {"old_in_top10", point.old_in_top10},
               {"old_in_gallery", point.old_in_gallery}};
  if (point.nfr1) json["nfr1"] = *point.nfr1;
  return json;
}

Json CurveJson(const BackfillCurves::Curve& curve) {
  return {{"order", curve.order},
          {"shuffles", curve.shuffles},
          {"points", ListJson(curve.points, PointJson)},
          {"area", ValueJson(curve.area)},
          {"least", curve.least},
          {"least_share", curve.least_share},
          {"falls", curve.falls},
          {"largest_fall", curve.largest_fall},
          {"share_to_95", curve.share_to_95}};
}

Json PopulationJson(const BackfillCurves::Population& population) {
  return {
      {"pairs", population.pairs}, {"mean", population.mean}, {"deviation", population.deviation}};
}

Json SectionJson(const BackfillCurves& backfill) {
  Json json = {{"curves", ListJson(backfill.curves, CurveJson)},
               {"populations",
                {{"old_matches", PopulationJson(backfill.old_matches)},
                 {"old_others", PopulationJson(backfill.old_others)},
                 {"new_matches", PopulationJson(backfill.new_matches)},
                 {"new_others", PopulationJson(backfill.new_others)}}}};
  if (backfill.old_width != backfill.new_width)
    json["widths"] = {{"old", backfill.old_width}, {"new", backfill.new_width}};
  return json;
}

Json SliceJson(const SliceTable::Slice& slice) {
  return {{"queries", slice.queries},
          {"valid_queries", slice.valid_queries},
          {"identities", slice.identities},
          {"map_hits", ValueJson(slice.map_hits)},
          {"cmc1", ValueJson(slice.cmc1)}};
}

Json SlicesOfCellJson(const SliceTable::Cell& cell) {
  const auto identity_json = [](const SliceTable::Identity& slice) {
    Json json = SliceJson(slice.slice);
    json["identity"] = slice.identity;
    return json;
  };
  const auto pair_json = [](const SliceTable::CameraPair& slice) {
    Json json = SliceJson(slice.slice);
    json["query_camera"] = slice.query_camera;
    json["gallery_camera"] = slice.gallery_camera;
    json["gallery"] = slice.gallery;
    return json;
  };
  return {{"query_model", cell.query_model},
          {"gallery_model", cell.gallery_model},
          {"identities", ListJson(cell.identities, identity_json)},
          {"camera_pairs", ListJson(cell.camera_pairs, pair_json)}};
}

Json SectionJson(const SliceTable& slices) {
  return {{"cells", ListJson(slices.cells, SlicesOfCellJson)}};
}

Json FiguresJson(const SearchFigures::Figures& figures) {
  return {{"map_hits", figures.map_hits},
          {"cmc1", figures.cmc1},
          {"cmc5", figures.cmc5},
          {"cmc10", figures.cmc10}};
}

Json CostJson(const SearchFigures::Cell& cell) {
  return {{"query_model", cell.query_model},
          {"gallery_model", cell.gallery_model},
          {"recall_at_1", cell.recall_at_1},
          {"recall_at_10", cell.recall_at_10},
          {"recall_at_k", cell.recall_at_k},
          {"exact", FiguresJson(cell.exact)},
          {"approximate", FiguresJson(cell.approximate)},
          {"truncated", FiguresJson(cell.truncated)}};
}

Json JudgedJson(const SearchFigures::Judged& judged) {
  return {{"gain", {{"value", judged.gain}, {"low", judged.low}, {"high", judged.high}}},
          {"verdict", judged.verdict}};
}

Json SectionJson(const SearchFigures& search) {
  Json json = {
      {"index", search.index}, {"k", search.k}, {"cells", ListJson(search.cells, CostJson)}};
  if (search.compatibility) {
    json["compatibility"] = {{"exact", JudgedJson(search.compatibility->exact)},
                             {"truncated", JudgedJson(search.compatibility->truncated)},
                             {"approximate", JudgedJson(search.compatibility->approximate)}};
  }
  return json;
}

}  // namespace

void AddSections(const Sections& sections, Json& result) {
  const auto add = [&](const char* key, const auto& section) {
    if (section) result[key] = SectionJson(*section);
  };
  add("pair_criterion", sections.pair_criterion);
  add("matrix", sections.matrix);
  add("backfill", sections.backfill);
  add("slices", sections.slices);
  add("search", sections.search);
  add("thresholds", sections.thresholds);
  add("changes", sections.changes);
  add("episodes", sections.episodes);
  add("candidates", sections.candidates);
}

}  // namespace bcr::parts
