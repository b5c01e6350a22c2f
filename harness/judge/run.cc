#include "harness/judge/run.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "harness/core/provenance.h"
#include "harness/core/time_split.h"
#include "harness/eval/product/kernels.h"
#include "harness/eval/scorer.h"
#include "harness/eval/scoring_text.h"
#include "harness/judge/blocks.h"
#include "harness/judge/cells.h"
#include "harness/judge/sets.h"
#include "harness/judge/upgrade.h"

namespace bcr {
namespace {

ScoringRecord DescribeScoring(const ScoreRequest& request) {
  const Policy policy = request.scoring.policy;
  ScoringRecord scoring;
  scoring.revision = kScoringRevision;
  scoring.policy = PolicyName(policy);
  scoring.distance = DistanceName(request.scoring.distance);
  scoring.normalised = request.scoring.distance == Distance::kCosine;
  scoring.feature_side = "given";
  scoring.widths = request.widths;
  scoring.ap = kApText;
  scoring.ties = TiesText(request.scoring.ties);
  if (request.rerank) scoring.rerank = RerankText(*request.rerank);
  scoring.camera_rule = CameraRuleText(policy);
  scoring.junk_rule = JunkRuleText(policy);
  return scoring;
}

RecordProvenance DescribeProvenance(const ScoreRequest& request) {
  RecordProvenance provenance;
  provenance.build = Free(BuildJson());
  Json host = HostInfo();
  host["threads"] = request.scoring.threads > 0 ? request.scoring.threads : DefaultThreads();
  host["block_mb"] = request.scoring.block_mb;
  host["device"] = request.device;
  host["kernels"] = BestKernels().name;
  provenance.host = Free(host);
  provenance.libraries = Free(Json::object());
  provenance.command_line = request.command_line;
  provenance.created = UtcNow();
  return provenance;
}

void AddToValues(const Json& counts, const char* name, CompatibilityRecord& record) {
  if (!counts.contains("share")) return;
  record.values[name] = {counts.at("share").get<double>(), std::nullopt, std::nullopt,
                         counts.at("pairs").get<int64_t>()};
}

// The areas and shares of blocks are figures like others: gates and comparisons find them there.
void AddBlockFigures(ScoreReport& report) {
  if (!report.compatibility) return;
  CompatibilityRecord& record = *report.compatibility;
  if (report.pair_criterion) {
    AddToValues(report.pair_criterion->at("same"), "pairs.same", record);
    AddToValues(report.pair_criterion->at("different"), "pairs.different", record);
  }
  if (!report.backfill) return;
  for (const Json& curve : report.backfill->at("curves")) {
    const Json& area = curve.at("area");
    if (!area.contains("value")) continue;
    MetricValue value{area.at("value").get<double>(), std::nullopt, std::nullopt, record.gain.n};
    if (area.contains("low")) value.low = area.at("low").get<double>();
    if (area.contains("high")) value.high = area.at("high").get<double>();
    record.values[fmt::format("backfill.{}.area", curve.at("order").get<std::string>())] = value;
  }
}

void AddBlocks(const ScoreRequest& request, const std::vector<OpenModel>& models,
               const std::vector<ScoredCell>& cells, TimeSplit& time, ScoreReport& report) {
  const auto timed = [&](const char* kind, auto&& make) {
    const ScopedTime timer(time, kind);
    return Free(make(request, models, cells));
  };
  if (request.pairs) {
    const ScopedTime timer(time, "pairs");
    report.pair_criterion = Free(PairCriterionBlock(request, models));
  }
  if (request.chain) report.matrix = timed("statistics", MatrixBlock);
  if (request.backfill) report.backfill = timed("backfill", BackfillBlock);
  if (request.slices) report.slices = timed("slices", SlicesBlock);
  if (!request.search.empty()) report.search = timed("search", SearchBlock);
  AddBlockFigures(report);
}

std::vector<OpenModel> TimedOpen(const ScoreRequest& request, TimeSplit& time) {
  const ScopedTime timer(time, "reading");
  return OpenModels(request);
}

}  // namespace

ScoreOutcome RunScore(const ScoreRequest& request) {
  TimeSplit time;
  const std::vector<OpenModel> models = TimedOpen(request, time);
  ScoreOutcome outcome;
  ScoreReport& report = outcome.report;
  const Policy policy = request.scoring.policy;
  outcome.notes = NotesOn(models.front(), policy);
  for (const OpenModel& model : models) {
    report.models.push_back(model.key);
    report.sets.push_back(DescribeSet(model.key, "query", model.query, policy));
    if (!model.gallery) continue;
    report.sets.push_back(DescribeSet(model.key, "gallery", *model.gallery, policy));
  }
  std::vector<ScoredCell> cells;
  for (const auto& [query, gallery] : PlannedCells(request, models)) {
    const ScopedTime timer(time, "scoring");
    cells.push_back(ScoreOneCell(request, models, query, gallery));
    report.cells.push_back(cells.back().record);
    outcome.queries.push_back(cells.back().queries);
  }
  {
    const ScopedTime timer(time, "statistics");
    report.compatibility = JudgeUpgrade(request, models, cells);
  }
  AddBlocks(request, models, cells, time, report);
  report.scoring = DescribeScoring(request);
  report.statistics = {request.resamples, static_cast<uint64_t>(request.seed), 0.95};
  report.time_split = time.seconds();
  report.peak_memory_mib = PeakMemoryMiB();
  report.provenance = DescribeProvenance(request);
  return outcome;
}

}  // namespace bcr
