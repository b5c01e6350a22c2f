#include "harness/eval/upgrade/slices.h"

#include <fmt/core.h>

#include <map>
#include <set>

#include "harness/core/error.h"
#include "harness/eval/relevance.h"
#include "harness/features/row_source.h"

namespace bcr {
namespace {

// Means and counts over the given queries of a cell.
Slice SliceOf(const CellScores& cell, const std::vector<size_t>& rows,
              const std::vector<std::string>& identities, const EstimateOptions& bootstrap) {
  Slice slice;
  slice.queries = rows.size();
  std::vector<ValueColumn> columns(2);
  std::vector<std::string> groups;
  for (const size_t row : rows) {
    const QueryScore& query = cell.queries[row];
    if (!query.valid) continue;
    columns[0].values.push_back(query.ap_hits);
    columns[1].values.push_back(HitWithin(query, 1));
    groups.push_back(identities[row]);
  }
  slice.valid = groups.size();
  slice.identities = std::set<std::string>(groups.begin(), groups.end()).size();
  if (slice.valid == 0) {
    slice.map_hits.reason = slice.cmc1.reason = "no query has a match";
    return slice;
  }
  for (ValueColumn& column : columns) column.valid.assign(slice.valid, true);
  const bool interval = slice.identities >= kSliceIdentities;
  const std::vector<Estimate> estimates =
      EstimateAll(columns, groups, {LevelOf(0), ShareOf(1)}, bootstrap);
  slice.map_hits = estimates[0];
  slice.cmc1 = estimates[1];
  if (interval) return slice;
  for (Estimate* estimate : {&slice.map_hits, &slice.cmc1}) {
    estimate->low = estimate->high = std::nullopt;
    estimate->reason = slice.identities == 1
                           ? "no interval: one identity"
                           : fmt::format("no interval: {} identities, fewer than {}",
                                         slice.identities, kSliceIdentities);
  }
  return slice;
}

std::map<std::string, std::vector<size_t>> RowsBy(const std::vector<std::string>& keys) {
  std::map<std::string, std::vector<size_t>> rows;
  for (size_t i = 0; i < keys.size(); ++i) rows[keys[i]].push_back(i);
  return rows;
}

FeatureIndex Restrict(const FeatureIndex& index, const std::vector<size_t>& rows) {
  FeatureIndex part;
  for (const size_t row : rows) {
    part.images.push_back(index.images[row]);
    part.identities.push_back(index.identities[row]);
    part.cameras.push_back(index.cameras[row]);
  }
  return part;
}

bool AnyMatch(const FeatureIndex& query, const FeatureIndex& gallery, Policy policy) {
  const Relevance relevance(query, gallery, policy);
  std::vector<uint32_t> rows;
  for (size_t q = 0; q < relevance.queries(); ++q) {
    relevance.Positives(q, rows);
    if (!rows.empty()) return true;
  }
  return false;
}

void CheckIndex(size_t rows, const FeatureIndex& index, const char* side) {
  if (rows == index.size()) return;
  throw Error(ErrorCode::kData,
              {.where = fmt::format("slices: {}", side),
               .found = fmt::format("{} rows for {} index entries", rows, index.size()),
               .expected = "one row an image"});
}

}  // namespace

std::vector<IdentitySlice> SliceByIdentity(const CellScores& cell, const FeatureIndex& query) {
  CheckIndex(cell.queries.size(), query, "queries");
  std::vector<IdentitySlice> slices;
  for (const auto& [identity, rows] : RowsBy(query.identities)) {
    slices.push_back({identity, SliceOf(cell, rows, query.identities, {})});
  }
  return slices;
}

std::vector<CameraPairSlice> SliceByCameraPair(
    const RowSource& query, const FeatureIndex& query_index, const RowSource& gallery,
    const FeatureIndex& gallery_index, const ScoringOptions& options,
    const EstimateOptions& bootstrap, const ScoreWatcher& watcher) {
  CheckIndex(query.rows(), query_index, "queries");
  CheckIndex(gallery.rows(), gallery_index, "gallery");
  const auto queries_by_camera = RowsBy(query_index.cameras);
  std::map<std::pair<std::string, std::string>, CameraPairSlice> slices;
  for (const auto& [gallery_camera, rows] : RowsBy(gallery_index.cameras)) {
    const FeatureIndex part_index = Restrict(gallery_index, rows);
    CellScores cell;
    if (AnyMatch(query_index, part_index, options.policy)) {
      const auto part = NewSelectedRows(gallery, std::vector<uint32_t>(rows.begin(), rows.end()));
      cell = ScoreRows(query, query_index, *part, part_index, options);
    } else {
      cell.queries.resize(query_index.size());  // none valid
    }
    if (watcher) watcher(static_cast<int64_t>(query.rows() * rows.size()));
    for (const auto& [query_camera, queries] : queries_by_camera) {
      slices[{query_camera, gallery_camera}] = {
          query_camera, gallery_camera, rows.size(),
          SliceOf(cell, queries, query_index.identities, bootstrap)};
    }
  }
  std::vector<CameraPairSlice> list;
  for (auto& [cameras, slice] : slices) list.push_back(std::move(slice));
  return list;
}

}  // namespace bcr
