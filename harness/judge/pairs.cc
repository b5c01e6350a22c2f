#include "harness/judge/pairs.h"

#include "harness/eval/block_source.h"
#include "harness/eval/upgrade/pair_criterion.h"
#include "harness/judge/graph.h"
#include "harness/judge/progress.h"

namespace bcr {
namespace {

PairFigures::Counts CountsOf(const PairCounts& counts) {
  return {static_cast<int64_t>(counts.pairs), static_cast<int64_t>(counts.satisfied),
          static_cast<int64_t>(counts.severe), counts.worst, counts.share()};
}

}  // namespace

PairFigures PairSection(const GraphRequest& request) {
  const UpgradeNames& names = *request.upgrade;
  const ScoringOptions& scoring = request.options.scoring;
  const CellRows cross = RowsOf(request, {names.new_model, names.old_model});
  const CellRows self = RowsOf(request, {names.old_model, names.old_model});
  const ScoreWatcher watcher =
      WatchScores("pairs", 2 * cross.query->rows() * cross.gallery->rows(), request.options.quiet);
  const auto cross_scores =
      Watched(NewCpuBlockSource(*cross.query, *cross.gallery, scoring.distance), watcher);
  const auto self_scores =
      Watched(NewCpuBlockSource(*self.query, *self.gallery, scoring.distance), watcher);
  const PairCriterion counted =
      CountPairs(*cross_scores, *self_scores, *self.query_index, *self.gallery_index, scoring);
  return {CountsOf(counted.same), CountsOf(counted.different), counted.margin};
}

}  // namespace bcr
