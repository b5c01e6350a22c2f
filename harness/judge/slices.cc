#include "harness/judge/slices.h"

#include "harness/eval/upgrade/slices.h"
#include "harness/judge/graph.h"
#include "harness/judge/progress.h"

namespace bcr {
namespace {

SliceTable::Slice SliceOf(const Slice& slice) {
  return {static_cast<int64_t>(slice.queries), static_cast<int64_t>(slice.valid),
          static_cast<int64_t>(slice.identities), ToValue(slice.map_hits), ToValue(slice.cmc1)};
}

SliceTable::Cell SlicesOf(const ScoredCell& cell, const CellRows& rows,
                          const JudgeOptions& options) {
  SliceTable::Cell result;
  result.query_model = cell.record.query_model;
  result.gallery_model = cell.record.gallery_model;
  for (const IdentitySlice& slice : SliceByIdentity(cell.scores, *rows.query_index)) {
    result.identities.push_back({slice.identity, SliceOf(slice.slice)});
  }
  const ScoreWatcher watcher =
      WatchScores("slices of " + result.query_model + "/" + result.gallery_model,
                  rows.query->rows() * rows.gallery->rows(), options.quiet);
  for (const CameraPairSlice& slice :
       SliceByCameraPair(*rows.query, *rows.query_index, *rows.gallery, *rows.gallery_index,
                         options.scoring, StatisticsOf(options), watcher)) {
    result.camera_pairs.push_back({slice.query_camera, slice.gallery_camera,
                                   static_cast<int64_t>(slice.gallery), SliceOf(slice.slice)});
  }
  return result;
}

}  // namespace

SliceTable SliceSection(const GraphRequest& request, const std::vector<ScoredCell>& cells) {
  SliceTable table;
  for (const CellName& name : request.cells) {
    const ScoredCell* cell = FindScored(cells, name);
    if (cell == nullptr) continue;
    table.cells.push_back(SlicesOf(*cell, RowsOf(request, name), request.options));
  }
  return table;
}

}  // namespace bcr
