#include "harness/run/cells.h"

#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/core/random.h"
#include "harness/run/stored_cell.h"

namespace bcr {

namespace {

// As JudgeOptionsOf, with this invocation's threads.
JudgeOptions OptionsOf(const PlannedRun& run, const RunRequest& request, Workshop& workshop) {
  JudgeOptions options = JudgeOptionsOf(run, EffectivePolicy(run, workshop.data()));
  options.scoring.threads = request.threads;
  return options;
}

// One model of the run with its features, as the judge takes it.
ModelRows ModelOf(const std::string& key, const PlannedRun& run, Workshop& workshop) {
  ModelRows rows;
  rows.key = key;
  rows.projections["old"] = &workshop.Model(run.models.at(key)).projection;
  return rows;
}

SideRows SideOf(const std::string& key, const std::string& side, const MadeFeatures& features) {
  return {key + ": " + side, features.table.rows, &features.table.index};
}

}  // namespace

MadeCell MakeCell(const std::string& query_model, const std::string& gallery_model,
                  const PlannedRun& run, const RunRequest& request, ArtifactStore& store,
                  Workshop& workshop) {
  const Setting& setting = run.protocol.setting;
  const auto features_of = [&](const std::string& model, const char* side) -> const MadeFeatures& {
    return workshop.TestFeatures(run.models.at(model), setting.score_on, side, run);
  };
  const MadeFeatures& query = features_of(query_model, "query");
  const MadeFeatures& gallery = features_of(gallery_model, "gallery");
  const JudgeOptions options = OptionsOf(run, request, workshop);
  // Older models first: only the newer side of a cell adapts its width.
  std::vector<ModelRows> models;
  for (const std::string& key : ModelKeys()) {
    if (key != query_model && key != gallery_model) continue;
    models.push_back(ModelOf(key, run, workshop));
    if (key == query_model) models.back().query = SideOf(key, "queries", query);
    if (key == gallery_model) models.back().gallery = SideOf(key, "gallery", gallery);
  }
  const auto key_of = [&](const std::string& model, const MadeFeatures& features) {
    const bool projected = workshop.Model(run.models.at(model)).projection.rows() > 0;
    return features.key + (projected ? "/projected" : "");
  };
  const bool cross = run.models.at(query_model) != run.models.at(gallery_model);
  const Json inputs = {{"scoring", kScoringRevision},
                       {"query", key_of(query_model, query)},
                       {"gallery", key_of(gallery_model, gallery)},
                       {"policy", PolicyName(options.scoring.policy)},
                       {"max_rank", options.scoring.max_rank},
                       {"widths", cross ? setting.widths : ""}};
  const CellName name = {query_model, gallery_model};
  const ScopedTime timer(workshop.time(), "scoring");
  StoredCell stored = CellFromStore(store, inputs, query.table.index, [&] {
    return ScoreCellRows(RowsOfCell(models, name, options.widths), options);
  });
  MadeCell cell;
  cell.scored.record = RecordCell(name, stored.scores, stored.identities, BootstrapOf(options));
  stored.scores.map_hits = cell.scored.record.metrics.at("map_hits").value;
  cell.scored.record.per_query =
      FileRef{"queries/" + stored.queries_hash + ".csv", stored.queries_hash};
  cell.scored.scores = std::move(stored.scores);
  cell.scored.identities = std::move(stored.identities);
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
  return ScoreCosine(random("query"), random("gallery"), OptionsOf(run, request, workshop).scoring)
      .map_hits;
}

Policy EffectivePolicy(const PlannedRun& run, DataRoles& data) {
  const Policy wanted = ParsePolicy(run.protocol.profile.policy);
  return PolicyForIdentities(wanted,
                             data.Data(run.protocol.setting.score_on).report().market_identities);
}

JudgeOptions JudgeOptionsOf(const PlannedRun& run, Policy policy) {
  JudgeOptions options;
  options.scoring.policy = policy;
  options.scoring.max_rank = run.protocol.profile.max_rank;
  options.widths = {run.protocol.setting.widths, "--set setting.widths=", ErrorCode::kConfig};
  options.resamples = run.protocol.profile.bootstrap_resamples;
  options.seed = run.seed;
  return options;
}

}  // namespace bcr
