#include "harness/judge/score.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/core/provenance.h"
#include "harness/core/time_split.h"
#include "harness/eval/product/kernels.h"
#include "harness/judge/graph.h"
#include "harness/judge/scoring_record.h"
#include "harness/judge/sets.h"
#include "harness/judge/upgrade_adapter.h"

namespace bcr {
namespace {

RecordProvenance DescribeProvenance(const ScoreRequest& request) {
  const ScoringOptions& scoring = request.options.scoring;
  RecordProvenance provenance;
  provenance.build = Free(BuildJson());
  Json host = HostInfo();
  host["threads"] = scoring.threads > 0 ? scoring.threads : DefaultThreads();
  host["block_mb"] = scoring.block_mb;
  host["device"] = request.device;
  host["kernels"] = BestKernels().name;
  provenance.host = Free(host);
  provenance.libraries = Free(Json::object());
  provenance.command_line = request.command_line;
  provenance.created = UtcNow();
  return provenance;
}

SideRows RowsOfSet(const OpenSet& set) { return {set.flag, set.rows, &set.index}; }

GraphRequest GraphOf(const ScoreRequest& request, const std::vector<OpenModel>& models,
                     const std::optional<UpgradeAdapter>& adapter) {
  GraphRequest graph;
  for (const OpenModel& model : models) {
    ModelRows rows;
    rows.key = model.key;
    rows.query = RowsOfSet(model.query);
    if (adapter && model.key == adapter->record.model) {
      rows.adapters[adapter->record.earlier] = {&adapter->fit.adapter, adapter->maps_later};
    }
    if (model.gallery) rows.gallery = RowsOfSet(*model.gallery);
    if (request.chain) graph.chain.push_back(model.key);
    graph.models.push_back(std::move(rows));
  }
  graph.cells = PlannedCells(graph.models, request.chain);
  if (!request.chain && models.size() > 1) graph.upgrade.emplace();
  graph.options = request.options;
  graph.options.quiet = request.quiet;
  graph.asked = request.asked;
  return graph;
}

}  // namespace

ScoreOutcome ScoreSets(const ScoreRequest& request) {
  TimeSplit time;
  std::vector<OpenModel> models;
  {
    const ScopedTime timer(time, "reading");
    models = OpenModels(request);
  }
  std::optional<UpgradeAdapter> adapter;
  if (request.adapter) {
    const ScopedTime timer(time, "adapters");
    adapter = FitForUpgrade(*request.adapter, models);
  }
  ScoreOutcome outcome;
  ScoreReport& report = outcome.report;
  const Policy policy = request.options.scoring.policy;
  outcome.notes = NotesOn(models.front(), policy);
  if (adapter) {
    const std::vector<std::string> notes = NotesOnFit(*adapter, models.front());
    outcome.notes.insert(outcome.notes.end(), notes.begin(), notes.end());
    report.adapters = {adapter->record};
  }
  for (const OpenModel& model : models) {
    report.models.push_back(model.key);
    report.sets.push_back(DescribeSet(model.key, "query", model.query, policy));
    if (!model.gallery) continue;
    report.sets.push_back(DescribeSet(model.key, "gallery", *model.gallery, policy));
  }
  Judgement judgement = JudgeGraph(GraphOf(request, models, adapter));
  for (ScoredCell& cell : judgement.cells) {
    report.cells.push_back(std::move(cell.record));
    outcome.queries.push_back(std::move(cell.queries));
  }
  report.compatibility = std::move(judgement.compatibility);
  report.sections = std::move(judgement.sections);
  report.scoring = DescribeScoring(request.options, "given");
  report.scoring.labels = LabelReadingName(request.labels);
  report.statistics = {request.options.resamples, static_cast<uint64_t>(request.options.seed),
                       0.95};
  for (const auto& [kind, seconds] : judgement.time.seconds()) time.Add(kind, seconds);
  report.time_split = time.seconds();
  report.peak_memory_mib = PeakMemoryMiB();
  report.provenance = DescribeProvenance(request);
  return outcome;
}

}  // namespace bcr
