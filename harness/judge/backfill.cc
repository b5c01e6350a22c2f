#include "harness/eval/upgrade/backfill.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/judge/blocks.h"

namespace bcr {
namespace {

Json PopulationJson(const ScorePopulation& population) {
  return {
      {"pairs", population.pairs}, {"mean", population.mean}, {"deviation", population.deviation}};
}

Json PointJson(const BackfillPoint& point) {
  Json json = {{"share", point.percent / 100.0},
               {"replaced", point.replaced},
               {"map_hits", point.map_hits},
               {"map_deviation", point.map_deviation},
               {"cmc1", point.cmc1},
               {"old_in_top10", point.old_in_top10},
               {"old_in_gallery", point.old_in_gallery}};
  if (point.negative_flip_rate) json["nfr1"] = *point.negative_flip_rate;
  return json;
}

Json CurveJson(const BackfillCurve& curve) {
  Json points = Json::array();
  for (const BackfillPoint& point : curve.points) points.push_back(PointJson(point));
  return {{"order", BackfillOrderName(curve.order)},
          {"shuffles", curve.shuffles},
          {"points", points},
          {"area", EstimateJson(curve.area)},
          {"least", curve.least},
          {"least_share", curve.least_percent / 100.0},
          {"falls", curve.falls},
          {"largest_fall", curve.largest_fall},
          {"share_to_95", curve.share_to_95}};
}

}  // namespace

Json BackfillBlock(const ScoreRequest& request, const std::vector<OpenModel>& models,
                   const std::vector<ScoredCell>& cells) {
  if (request.chain || models.size() < 2 || !models[1].gallery) {
    throw Error(ErrorCode::kUsage,
                {"--backfill", "no old and new gallery",
                 "--old-query, --old-gallery, --new-query and --new-gallery", ""});
  }
  const OpenSet &old_gallery = *models[0].gallery, &new_gallery = *models[1].gallery;
  if (old_gallery.rows->cols() != new_gallery.rows->cols()) {
    throw Error(ErrorCode::kUsage,
                {"--backfill",
                 fmt::format("galleries of width {} and {}", old_gallery.rows->cols(),
                             new_gallery.rows->cols()),
                 "one width: a mixed gallery has one",
                 "Store the new features in the old width first, or leave --backfill out."});
  }
  BackfillOptions options;
  options.scoring = request.scoring;
  options.bootstrap = BootstrapOf(request);
  options.seed = DeriveSeed(static_cast<uint64_t>(request.seed), "backfill");
  const BackfillReport report = Backfill(
      *models[1].query.rows, *old_gallery.rows, *new_gallery.rows, models[0].query.index,
      old_gallery.index, FindScored(cells, "new", "old")->scores,
      FindScored(cells, "new", "new")->scores, &FindScored(cells, "old", "old")->scores, options);
  Json curves = Json::array();
  for (const BackfillCurve& curve : report.curves) curves.push_back(CurveJson(curve));
  return {{"curves", curves},
          {"populations",
           {{"old_matches", PopulationJson(report.old_matches)},
            {"old_others", PopulationJson(report.old_others)},
            {"new_matches", PopulationJson(report.new_matches)},
            {"new_others", PopulationJson(report.new_others)}}}};
}

}  // namespace bcr
