#include "harness/run/cells.h"

#include <nlohmann/json.hpp>
#include <optional>

#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/eval/scoring_text.h"
#include "harness/eval/statistics/cell_metrics.h"
#include "harness/metrics/table.h"
#include "harness/run/stored_cell.h"
#include "harness/run/width_rows.h"

namespace bcr {

namespace {

ScoringOptions OptionsOf(const PlannedRun& run, const RunRequest& request, Workshop& workshop) {
  ScoringOptions options;
  options.policy = EffectivePolicy(run, workshop.data());
  options.max_rank = run.protocol.profile.max_rank;
  options.threads = request.threads;
  return options;
}

// One side of a cell.
struct Side {
  const MadeFeatures& features;
  const MadeModel& model;
  std::string Key() const {
    return features.key + (model.projection.rows() > 0 ? "/projected" : "");
  }
};

CellScores Score(const Side& query, const Side& gallery, std::optional<size_t> width,
                 const std::string& widths, const ScoringOptions& options) {
  const auto rows_of = [&](const Side& side) {
    const std::shared_ptr<const RowSource>& rows = side.features.table.rows;
    return width ? RowsInWidth(rows, *width, widths, side.model.projection) : rows;
  };
  return ScoreRows(*rows_of(query), query.features.table.index, *rows_of(gallery),
                   gallery.features.table.index, options);
}

void AddMetrics(const StoredCell& cell, uint64_t seed, int resamples, CellRecord& record) {
  record.valid_queries = static_cast<int64_t>(cell.scores.valid_queries);
  record.invalid_queries =
      static_cast<int64_t>(cell.scores.queries.size() - cell.scores.valid_queries);
  for (const CellMetric& metric :
       EstimateCellMetrics(cell.scores, cell.identities, {.seed = seed, .resamples = resamples})) {
    const Estimate& estimate = metric.estimate;
    if (!estimate.value) {
      record.reasons[metric.name] = estimate.reason;
      continue;
    }
    record.metrics[metric.name] = {*estimate.value, estimate.low, estimate.high,
                                   record.valid_queries};
  }
}

}  // namespace

MadeCell MakeCell(const std::string& query_model, const std::string& gallery_model,
                  const PlannedRun& run, const RunRequest& request, ArtifactStore& store,
                  Workshop& workshop) {
  const Setting& setting = run.protocol.setting;
  const auto side_of = [&](const std::string& model, const char* side) -> Side {
    const int index = run.models.at(model);
    const MadeFeatures& features = workshop.TestFeatures(index, setting.score_on, side, run);
    return {features, workshop.Model(index)};
  };
  const Side query = side_of(query_model, "query");
  const Side gallery = side_of(gallery_model, "gallery");
  const ScoringOptions options = OptionsOf(run, request, workshop);
  // Only the new model adapts its width: the old gallery, and old queries, stay as they are.
  const bool cross = run.models.at(query_model) != run.models.at(gallery_model);
  std::optional<size_t> width;
  if (cross) width = static_cast<size_t>(workshop.Model(run.models.at("old")).width);
  Json inputs = {{"scoring", kScoringRevision},  {"query", query.Key()},
                 {"gallery", gallery.Key()},     {"policy", PolicyName(options.policy)},
                 {"max_rank", options.max_rank}, {"widths", cross ? setting.widths : ""}};
  // A stored cell holds the value of every query for each metric of ranks.
  for (const MetricInfo* metric : RankMetrics()) inputs["metrics"][metric->name] = metric->revision;
  const ScopedTime timer(workshop.time(), "scoring");
  StoredCell stored = CellFromStore(store, inputs, query.features.table.index, [&] {
    return Score(query, gallery, width, setting.widths, options);
  });

  MadeCell cell;
  cell.record.query_model = query_model;
  cell.record.gallery_model = gallery_model;
  cell.record.cmc = stored.scores.cmc;
  cell.record.gallery_size = static_cast<int64_t>(stored.scores.gallery_size);
  const uint64_t seed = DeriveSeed(static_cast<uint64_t>(run.seed), "bootstrap");
  AddMetrics(stored, seed, run.protocol.profile.bootstrap_resamples, cell.record);
  stored.scores.map_hits = cell.record.metrics.at(HeadlineMetric().name).value;
  cell.record.per_query = FileRef{"queries/" + stored.queries_hash + ".csv", stored.queries_hash};
  cell.scores = std::move(stored.scores);
  cell.identities = std::move(stored.identities);
  cell.queries_file = std::move(stored.queries_file);
  return cell;
}

double RandomFloor(const PlannedRun& run, const RunRequest& request, Workshop& workshop) {
  const auto random = [&](const std::string& side) {
    FeatureSet set;
    set.index =
        workshop.TestFeatures(run.models.at("old"), run.protocol.setting.score_on, side, run)
            .table.index;
    set.features = FloatMatrix(set.index.size(),
                               static_cast<size_t>(workshop.Model(run.models.at("old")).width));
    Random draw(DeriveSeed(DeriveSeed(static_cast<uint64_t>(run.seed), "floor"), side));
    for (size_t i = 0; i < set.index.size(); ++i) {
      for (size_t c = 0; c < set.features.cols(); ++c)
        set.features.row(i)[c] = static_cast<float>(draw.Normal());
    }
    return set;
  };
  return ScoreCosine(random("query"), random("gallery"), OptionsOf(run, request, workshop))
      .map_hits;
}

Policy EffectivePolicy(const PlannedRun& run, DataRoles& data) {
  const Policy wanted = ParsePolicy(run.protocol.profile.policy);
  return PolicyForIdentities(wanted,
                             data.Data(run.protocol.setting.score_on).report().market_identities);
}

ScoringRecord DescribeScoring(const PlannedRun& run, Policy policy) {
  ScoringRecord scoring;
  scoring.revision = kScoringRevision;
  scoring.policy = PolicyName(policy);
  scoring.distance = "cosine";
  scoring.normalised = true;
  scoring.feature_side = run.protocol.profile.feature_side;
  scoring.widths = run.protocol.setting.widths;
  scoring.ap = kApText;
  scoring.ties = TiesText(Ties::kByRow);
  scoring.camera_rule = CameraRuleText(policy);
  scoring.junk_rule = JunkRuleText(policy);
  return scoring;
}

}  // namespace bcr
