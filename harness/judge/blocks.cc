#include "harness/judge/blocks.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/eval/block_source.h"
#include "harness/eval/upgrade/pair_criterion.h"
#include "harness/eval/upgrade/slices.h"
#include "harness/eval/upgrade/upgrade_matrix.h"

namespace bcr {
namespace {

Json CountsJson(const PairCounts& counts) {
  Json json = {{"pairs", counts.pairs},
               {"satisfied", counts.satisfied},
               {"severe", counts.severe},
               {"worst", counts.worst}};
  if (const auto share = counts.share()) json["share"] = *share;
  return json;
}

Json SliceJson(const Slice& slice) {
  return {{"queries", slice.queries},
          {"valid_queries", slice.valid},
          {"identities", slice.identities},
          {"map_hits", EstimateJson(slice.map_hits)},
          {"cmc1", EstimateJson(slice.cmc1)}};
}

Json CellSlices(const ScoreRequest& request, const std::vector<OpenModel>& models, size_t query,
                size_t gallery, const ScoredCell& cell) {
  const FeatureIndex& query_index = models[query].query.index;
  Json identities = Json::array(), cameras = Json::array();
  for (const IdentitySlice& slice : SliceByIdentity(cell.scores, query_index)) {
    Json json = SliceJson(slice.slice);
    json["identity"] = slice.identity;
    identities.push_back(json);
  }
  const CellRows rows = RowsOf(models, query, gallery, request.widths);
  for (const CameraPairSlice& slice :
       SliceByCameraPair(*rows.query, query_index, *rows.gallery, models[gallery].gallery->index,
                         request.scoring, BootstrapOf(request))) {
    Json json = SliceJson(slice.slice);
    json["query_camera"] = slice.query_camera;
    json["gallery_camera"] = slice.gallery_camera;
    json["gallery"] = slice.gallery;
    cameras.push_back(json);
  }
  return {{"query_model", cell.query_model},
          {"gallery_model", cell.gallery_model},
          {"identities", identities},
          {"camera_pairs", cameras}};
}

}  // namespace

Json EstimateJson(const Estimate& estimate) {
  Json json = Json::object();
  if (estimate.value) json["value"] = *estimate.value;
  if (estimate.low) json["low"] = *estimate.low;
  if (estimate.high) json["high"] = *estimate.high;
  if (!estimate.value) json["reason"] = estimate.reason;
  return json;
}

Json PairCriterionBlock(const ScoreRequest& request, const std::vector<OpenModel>& models) {
  if (request.chain || models.size() < 2) {
    throw Error(ErrorCode::kUsage, {"--pairs", "no old and new model",
                                    "--old-query, --old-gallery and --new-query", ""});
  }
  const CellRows cross = RowsOf(models, 1, 0, request.widths);
  const CellRows self = RowsOf(models, 0, 0, request.widths);
  const auto cross_scores =
      NewCpuBlockSource(*cross.query, *cross.gallery, request.scoring.distance);
  const auto self_scores = NewCpuBlockSource(*self.query, *self.gallery, request.scoring.distance);
  const PairCriterion counted = CountPairs(*cross_scores, *self_scores, models[0].query.index,
                                           models[0].gallery->index, request.scoring);
  return {{"same", CountsJson(counted.same)},
          {"different", CountsJson(counted.different)},
          {"margin", counted.margin}};
}

Json MatrixBlock(const ScoreRequest& request, const std::vector<OpenModel>& models,
                 const std::vector<ScoredCell>& cells) {
  std::vector<std::vector<const CellScores*>> matrix(models.size());
  Json values = Json::array();
  for (size_t t = 0; t < models.size(); ++t) {
    Json row = Json::array();
    for (size_t k = 0; k <= t; ++k) {
      const ScoredCell* cell = FindScored(cells, models[t].key, models[k].key);
      matrix[t].push_back(cell == nullptr ? nullptr : &cell->scores);
      Json entry = Json::object();
      if (cell != nullptr) entry["value"] = cell->scores.map_hits;
      row.push_back(entry);
    }
    values.push_back(row);
  }
  const MatrixScores scores =
      ScoreMatrix(matrix, models.front().query.index.identities, BootstrapOf(request));
  Json figures = Json::object(), reasons = Json::object();
  const auto add = [&](const char* name, const Estimate& estimate) {
    if (!estimate.value) {
      reasons[name] = estimate.reason;
      return;
    }
    figures[name] = EstimateJson(estimate);
    figures[name]["n"] = cells.front().scores.valid_queries;
  };
  add("ac", scores.ac);
  add("ac_decided", scores.ac_decided);
  add("am", scores.am);
  add("bc", scores.bc);
  add("fc", scores.fc);
  Json keys = Json::array();
  for (const OpenModel& model : models) keys.push_back(model.key);
  return {{"models", keys}, {"map_hits", values}, {"values", figures}, {"reasons", reasons}};
}

Json SlicesBlock(const ScoreRequest& request, const std::vector<OpenModel>& models,
                 const std::vector<ScoredCell>& cells) {
  Json list = Json::array();
  for (const auto& [query, gallery] : PlannedCells(request, models)) {
    list.push_back(CellSlices(request, models, query, gallery,
                              *FindScored(cells, models[query].key, models[gallery].key)));
  }
  return {{"cells", list}};
}

}  // namespace bcr
