#include "harness/core/random.h"
#include "harness/eval/statistics/cell_metrics.h"
#include "harness/eval/upgrade/compatibility.h"
#include "harness/run/record_parts.h"

namespace bcr {

namespace {

uint64_t BootstrapSeed(const PlannedRun& run) {
  return DeriveSeed(static_cast<uint64_t>(run.seed), "bootstrap");
}

const RecordedCell* Find(const std::vector<RecordedCell>& cells, const std::string& query,
                         const std::string& gallery) {
  for (const RecordedCell& cell : cells) {
    if (cell.record.query_model == query && cell.record.gallery_model == gallery) return &cell;
  }
  return nullptr;
}

}  // namespace

RecordedCell RecordCell(const PlannedCell& planned, const PlannedRun& run,
                        const Workshop& workshop) {
  RecordedCell cell;
  cell.stored = ReadStoredCell(workshop.FolderOf(planned.step));
  const CellScores& scores = cell.stored.scores;
  CellRecord& record = cell.record;
  record.query_model = planned.query_model;
  record.gallery_model = planned.gallery_model;
  record.cmc = scores.cmc;
  record.gallery_size = static_cast<int64_t>(scores.gallery_size);
  record.valid_queries = static_cast<int64_t>(scores.valid_queries);
  record.invalid_queries = static_cast<int64_t>(scores.queries.size() - scores.valid_queries);
  const BootstrapOptions options = {.seed = BootstrapSeed(run),
                                    .resamples = run.protocol->profile.bootstrap_resamples};
  for (const CellMetric& metric : EstimateCellMetrics(scores, cell.stored.identities, options)) {
    const Estimate& estimate = metric.estimate;
    record.metrics[metric.name] = {*estimate.value, estimate.low, estimate.high,
                                   record.valid_queries};
  }
  cell.stored.scores.map_hits = record.metrics.at("map_hits").value;
  record.per_query =
      FileRef{"queries/" + cell.stored.queries_hash + ".csv", cell.stored.queries_hash};
  return cell;
}

void RecordVerdict(const PlannedRun& run, const std::vector<RecordedCell>& cells,
                   RunRecord& record) {
  const Upgrade& upgrade = run.protocol->setting.upgrade;
  const RecordedCell* self = Find(cells, upgrade.old_model, upgrade.old_model);
  const RecordedCell* cross = Find(cells, upgrade.new_model, upgrade.old_model);
  if (self == nullptr || cross == nullptr) return;
  std::optional<double> paragon;
  if (const RecordedCell* cell = Find(cells, upgrade.paragon, upgrade.paragon))
    paragon = cell->record.metrics.at("map_hits").value;
  const Compatibility judged = JudgeCompatibility(
      self->stored.scores, cross->stored.scores, paragon, self->stored.identities,
      BootstrapSeed(run), run.protocol->profile.bootstrap_resamples);
  CompatibilityRecord compatibility;
  compatibility.gain = {judged.gain.value, {}, {}, self->record.valid_queries};
  if (judged.has_interval) {
    compatibility.gain.low = judged.gain.low;
    compatibility.gain.high = judged.gain.high;
  }
  compatibility.update_gain = judged.update_gain;
  if (!judged.update_gain) {
    compatibility.update_gain_reason =
        paragon ? "the paragon does not exceed old/old" : "no paragon cell";
  }
  compatibility.verdict = VerdictName(judged.verdict);
  record.compatibility = compatibility;
}

}  // namespace bcr
