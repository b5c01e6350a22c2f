#include "harness/run/cells.h"

#include <nlohmann/json.hpp>

#include "harness/core/error.h"
#include "harness/core/files.h"
#include "harness/core/hash.h"
#include "harness/core/random.h"
#include "harness/eval/statistics/bootstrap.h"
#include "reports/per_query.h"

namespace bcr {

namespace {

// Raised whenever the numbers of a cell can change.
constexpr int kScoringRevision = 1;

ScoringOptions OptionsOf(const PlannedRun& run, const RunRequest& request, Workshop& workshop) {
  ScoringOptions options;
  options.policy = EffectivePolicy(run, workshop.data());
  options.max_rank = run.protocol.profile.max_rank;
  options.threads = request.threads;
  return options;
}

// `set` as compared with features of width `width`, which belong to the other model.
FeatureSet InWidth(const FeatureSet& set, size_t width, const MadeModel& model,
                   const std::string& policy) {
  if (set.features.cols() == width && model.projection.rows() == 0) return set;
  FeatureSet adapted;
  adapted.index = set.index;
  // A model trained without an old one has no projection: it is cut or padded.
  const bool projected = model.projection.rows() == width;
  const std::string without = set.features.cols() > width ? "truncate" : "pad";
  adapted.features = AdaptWidth(
      set.features, width, policy == "project" && !projected ? without : policy, model.projection);
  return adapted;
}

std::vector<PerQueryRow> ToRows(const CellScores& scores, const FeatureIndex& query) {
  std::vector<PerQueryRow> rows;
  for (size_t i = 0; i < scores.queries.size(); ++i) {
    const QueryScore& q = scores.queries[i];
    rows.push_back({query.images[i], query.identities[i], query.cameras[i], q.valid, q.ap_hits,
                    q.ap_trapezoid, q.inp, q.valid ? static_cast<int64_t>(q.first_rank) : 0});
  }
  return rows;
}

// What is derived from per-query values: value and interval come from one function.
void AddMetrics(const std::vector<PerQueryRow>& rows, uint64_t seed, int resamples,
                CellRecord& record) {
  std::vector<bool> valid;
  std::vector<std::string> identities;
  for (const PerQueryRow& row : rows) {
    valid.push_back(row.valid);
    identities.push_back(row.identity);
    ++(row.valid ? record.valid_queries : record.invalid_queries);
  }
  const auto add = [&](const std::string& name, const auto& value_of) {
    std::vector<double> values;
    for (const PerQueryRow& row : rows) values.push_back(row.valid ? value_of(row) : 0.0);
    const Interval interval = BootstrapMean(values, valid, identities, seed, resamples);
    record.metrics[name] = {interval.value, interval.low, interval.high, record.valid_queries};
  };
  add("map_hits", [](const PerQueryRow& row) { return row.ap_hits; });
  add("map_trapezoid", [](const PerQueryRow& row) { return row.ap_trapezoid; });
  add("minp", [](const PerQueryRow& row) { return row.inp; });
  for (const int k : {1, 5, 10}) {
    const std::string name = "cmc" + std::to_string(k);
    add(name, [k](const PerQueryRow& row) { return row.first_rank <= k ? 1.0 : 0.0; });
    record.metrics[name].value =
        record.cmc.at(static_cast<size_t>(k) - 1);  // the same count, summed in another order
  }
}

std::string SideKey(const MadeFeatures& features, const MadeModel& model) {
  return features.key + (model.projection.rows() > 0 ? "/projected" : "");
}

}  // namespace

MadeCell MakeCell(const std::string& query_model, const std::string& gallery_model,
                  const PlannedRun& run, const RunRequest& request, ArtifactStore& store,
                  Workshop& workshop) {
  const Setting& setting = run.protocol.setting;
  const int query_index = run.models.at(query_model);
  const int gallery_index = run.models.at(gallery_model);
  const MadeFeatures& query = workshop.TestFeatures(query_index, setting.score_on, "query", run);
  const MadeFeatures& gallery =
      workshop.TestFeatures(gallery_index, setting.score_on, "gallery", run);

  const ScoringOptions options = OptionsOf(run, request, workshop);
  // Only the new model adapts its width: the old gallery, and old queries, stay as they are.
  const bool cross = query_index != gallery_index;
  const size_t width =
      cross ? workshop.Model(run.models.at("old")).width : query.set.features.cols();
  const Json inputs = {{"scoring", kScoringRevision},
                       {"query", SideKey(query, workshop.Model(query_index))},
                       {"gallery", SideKey(gallery, workshop.Model(gallery_index))},
                       {"policy", PolicyName(options.policy)},
                       {"max_rank", options.max_rank},
                       {"widths", cross ? setting.widths : ""}};
  const ScopedTime timer(workshop.time(), "scoring");
  store.Make("cells", inputs, [&](const std::string& folder) {
    const CellScores scores =
        cross ? ScoreCosine(
                    InWidth(query.set, width, workshop.Model(query_index), setting.widths),
                    InWidth(gallery.set, width, workshop.Model(gallery_index), setting.widths),
                    options)
              : ScoreCosine(query.set, gallery.set, options);
    WriteFileAtomic(JoinPath(folder, "queries.csv"), PerQueryCsv(ToRows(scores, query.set.index)));
    WriteJsonAtomic(JoinPath(folder, "cell.json"),
                    {{"cmc", scores.cmc}, {"gallery_size", scores.gallery_size}});
  });

  const std::string folder = store.Folder("cells", ArtifactStore::KeyOf(inputs));
  MadeCell cell;
  cell.queries_file = JoinPath(folder, "queries.csv");
  const std::string text = ReadFile(cell.queries_file);
  const std::vector<PerQueryRow> rows = ParsePerQuery(text, cell.queries_file);
  const Json stored = ReadJsonFile(JoinPath(folder, "cell.json"));
  for (const PerQueryRow& row : rows) {
    QueryScore score;
    score.valid = row.valid;
    score.ap_hits = row.ap_hits;
    cell.scores.queries.push_back(score);
    cell.identities.push_back(row.identity);
  }
  cell.record.query_model = query_model;
  cell.record.gallery_model = gallery_model;
  cell.record.cmc = stored.at("cmc").get<std::vector<double>>();
  cell.record.gallery_size = stored.at("gallery_size").get<int64_t>();
  const uint64_t seed = DeriveSeed(static_cast<uint64_t>(run.seed), "bootstrap");
  AddMetrics(rows, seed, run.protocol.profile.bootstrap_resamples, cell.record);
  cell.scores.map_hits = cell.record.metrics.at("map_hits").value;
  cell.scores.valid_queries = static_cast<size_t>(cell.record.valid_queries);
  cell.record.per_query = FileRef{"queries/" + HashOf(text) + ".csv", HashOf(text)};
  return cell;
}

double RandomFloor(const PlannedRun& run, const RunRequest& request, Workshop& workshop) {
  const auto random = [&](const std::string& side) {
    FeatureSet set;
    set.index =
        workshop.TestFeatures(run.models.at("old"), run.protocol.setting.score_on, side, run)
            .set.index;
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
  scoring.ap = "map_hits: precision at hits; map_trapezoid: trapezoid";
  scoring.ties = "by (distance, gallery row)";

  scoring.camera_rule = policy != Policy::kNone
                            ? "gallery images of the query's identity and camera are dropped"
                            : "none";
  scoring.junk_rule = policy == Policy::kMarket
                          ? "identity -1 is dropped; identity 0 is a distractor, never a match"
                          : "none";
  return scoring;
}

}  // namespace bcr
