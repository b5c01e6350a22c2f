#include "harness/judge/pairs.h"

#include "harness/eval/block_source.h"
#include "harness/eval/upgrade/pair_criterion.h"
#include "harness/judge/graph.h"

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
  const auto cross_scores = NewCpuBlockSource(*cross.query, *cross.gallery, scoring.distance);
  const auto self_scores = NewCpuBlockSource(*self.query, *self.gallery, scoring.distance);
  const PairCriterion counted =
      CountPairs(*cross_scores, *self_scores, *self.query_index, *self.gallery_index, scoring);
  return {CountsOf(counted.same), CountsOf(counted.different), counted.margin};
}

}  // namespace bcr
