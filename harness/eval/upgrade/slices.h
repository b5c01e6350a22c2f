#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "harness/eval/scorer.h"
#include "harness/eval/statistics/estimate.h"
#include "harness/eval/watched_source.h"
#include "harness/features/feature_set.h"

namespace bcr {

class RowSource;

// A part of a cell's queries. Values are means over its valid queries, absent without any.
struct Slice {
  size_t queries = 0;  // all, valid or not
  size_t valid = 0;
  size_t identities = 0;  // of the valid queries
  Estimate map_hits, cmc1;
};

struct IdentitySlice {
  std::string identity;
  Slice slice;  // no intervals: one identity has none
};

// One slice a query identity, bytewise by name.
std::vector<IdentitySlice> SliceByIdentity(const CellScores& cell, const FeatureIndex& query);

struct CameraPairSlice {
  std::string query_camera, gallery_camera;
  size_t gallery = 0;  // images of that camera
  Slice slice;
};

// Intervals need at least this many identities.
inline constexpr size_t kSliceIdentities = 10;

// One slice for every pair of a query camera and a gallery camera, bytewise: queries of the one
// against the gallery restricted to the other. A query without a match there is not valid in that
// slice; under policies that drop the query's own camera, pairs of one camera have no valid query.
// Together the galleries are the whole one: the cost is one more product, of which `watcher` is told camera by
// camera. Throws as ScoreRows does.
std::vector<CameraPairSlice> SliceByCameraPair(
    const RowSource& query, const FeatureIndex& query_index, const RowSource& gallery,
    const FeatureIndex& gallery_index, const ScoringOptions& options,
    const EstimateOptions& bootstrap, const ScoreWatcher& watcher = {});

}  // namespace bcr
