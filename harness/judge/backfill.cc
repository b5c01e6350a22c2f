#include "harness/judge/backfill.h"

#include "harness/core/random.h"
#include "harness/eval/block_source.h"
#include "harness/eval/upgrade/backfill.h"
#include "harness/features/row_source.h"
#include "harness/judge/graph.h"
#include "harness/judge/progress.h"

namespace bcr {
namespace {

BackfillCurves::Population PopulationOf(const ScorePopulation& population) {
  return {static_cast<int64_t>(population.pairs), population.mean, population.deviation};
}

BackfillCurves::Point PointOf(const BackfillPoint& point) {
  return {point.percent / 100.0,
          static_cast<int64_t>(point.replaced),
          point.map_hits,
          point.map_deviation,
          point.cmc1,
          point.old_in_top10,
          point.old_in_gallery,
          point.negative_flip_rate};
}

BackfillCurves::Curve CurveOf(const BackfillCurve& curve) {
  BackfillCurves::Curve result;
  result.order = BackfillOrderName(curve.order);
  result.shuffles = curve.shuffles;
  for (const BackfillPoint& point : curve.points) result.points.push_back(PointOf(point));
  result.area = ToValue(curve.area);
  result.least = curve.least;
  result.least_share = curve.least_percent / 100.0;
  result.falls = curve.falls;
  result.largest_fall = curve.largest_fall;
  result.share_to_95 = curve.share_to_95;
  return result;
}

// An adapter that says how uncertain its gallery rows are names an order of its own.
void AddUncertainty(const CellRows& before, BackfillOptions& options) {
  if (!before.gallery_uncertainty) return;
  options.orders.push_back(BackfillOrder::kUncertainty);
  for (size_t row = 0; row < before.gallery_uncertainty->rows(); ++row) {
    float scratch = 0;
    options.uncertainty.push_back(*before.gallery_uncertainty->Row(row, &scratch));
  }
}

}  // namespace

BackfillCurves BackfillSection(const GraphRequest& request, const std::vector<ScoredCell>& cells) {
  const UpgradeNames& names = *request.upgrade;
  const CellName cross_name = {names.new_model, names.old_model};
  const CellName self_name = {names.new_model, names.new_model};
  const ScoredCell* cross = FindScored(cells, cross_name);
  const ScoredCell* self = FindScored(cells, self_name);
  const ScoredCell* old_self = FindScored(cells, {names.old_model, names.old_model});
  const CellRows before = RowsOf(request, cross_name), after = RowsOf(request, self_name);
  BackfillOptions options;
  options.scoring = request.options.scoring;
  options.bootstrap = StatisticsOf(request.options);
  options.seed = DeriveSeed(static_cast<uint64_t>(request.options.seed), "backfill");
  AddUncertainty(before, options);
  const FeatureIndex &query = *before.query_index, &gallery = *before.gallery_index;
  const Distance distance = options.scoring.distance;
  // Both products are streamed twice.
  const ScoreWatcher watcher =
      WatchScores("backfill", 4 * query.size() * gallery.size(), request.options.quiet);
  const auto old_scores = Watched(
      NewCpuBlockSource(*before.query, *before.gallery, distance, &query, &gallery), watcher);
  const auto new_scores =
      Watched(NewCpuBlockSource(*after.query, *after.gallery, distance, &query, &gallery), watcher);
  const BackfillReport report =
      Backfill(*old_scores, *new_scores, query, gallery, cross->scores, self->scores,
               old_self == nullptr ? nullptr : &old_self->scores, options);
  BackfillCurves result;
  for (const BackfillCurve& curve : report.curves) result.curves.push_back(CurveOf(curve));
  if (before.gallery->cols() != after.gallery->cols()) {
    result.old_width = static_cast<int64_t>(before.gallery->cols());
    result.new_width = static_cast<int64_t>(after.gallery->cols());
  }
  result.old_matches = PopulationOf(report.old_matches);
  result.old_others = PopulationOf(report.old_others);
  result.new_matches = PopulationOf(report.new_matches);
  result.new_others = PopulationOf(report.new_others);
  return result;
}

}  // namespace bcr
