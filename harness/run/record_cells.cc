#include <algorithm>

#include "harness/core/files.h"
#include "harness/core/hash.h"
#include "harness/judge/graph.h"
#include "harness/metrics/table.h"
#include "harness/run/record_parts.h"
#include "harness/run/stored_cell.h"

namespace bcr {

namespace {

SideRows RowsOf(const CellSide& side, const std::string& name, Workshop& workshop) {
  const FeatureTable& table = OpenFeatures(side.features, workshop);
  return {name, table.rows, &table.index};
}

// The rows of every model of the cells, for sections that need more than scores.
std::vector<ModelRows> OpenModels(const PlannedRun& run, Workshop& workshop) {
  std::vector<ModelRows> models;
  for (const ModelNode& node : run.protocol->setting.models) {
    ModelRows rows;
    rows.key = node.name;
    for (const PlannedCell& cell : run.cells) {
      const auto& work = std::get<CellWork>(workshop.plan.steps[cell.step].work);
      const auto& [query, gallery] = std::get<std::pair<CellSide, CellSide>>(work.sides);
      if (cell.query_model == node.name)
        rows.query = RowsOf(query, node.name + ": queries", workshop);
      if (cell.gallery_model == node.name)
        rows.gallery = RowsOf(gallery, node.name + ": gallery", workshop);
    }
    models.push_back(std::move(rows));
  }
  return models;
}

GraphRequest RequestOf(const PlannedRun& run, Workshop& workshop) {
  const Setting& setting = run.protocol->setting;
  GraphRequest request;
  for (const PlannedCell& cell : run.cells)
    request.cells.push_back({cell.query_model, cell.gallery_model});
  request.upgrade =
      UpgradeNames{setting.upgrade.old_model, setting.upgrade.new_model, setting.upgrade.paragon};
  request.chain = setting.chain;
  request.asked = workshop.request.asked;
  request.options = JudgeOptionsOf(run, workshop);
  if (workshop.request.NeedsRows()) request.models = OpenModels(run, workshop);
  request.rows = [&run, &workshop](const CellName& name) {
    const auto cell = std::find_if(run.cells.begin(), run.cells.end(), [&](const PlannedCell& c) {
      return c.query_model == name.query_model && c.gallery_model == name.gallery_model;
    });
    BCR_CHECK(cell != run.cells.end(), "no such cell: " + name.Text());
    return OpenCellRows(cell->step, workshop);
  };
  return request;
}

}  // namespace

JudgeOptions JudgeOptionsOf(const PlannedRun& run, const Workshop& workshop) {
  const Profile& profile = run.protocol->profile;
  JudgeOptions options;
  options.scoring.policy = run.policy;
  options.scoring.max_rank = profile.max_rank;
  options.scoring.threads = workshop.request.threads;
  options.widths = {run.protocol->setting.widths, "--set setting.widths=", ErrorCode::kConfig};
  options.resamples = profile.bootstrap_resamples;
  options.seed = run.seed;
  options.rerank = workshop.request.rerank;
  options.quiet = workshop.request.quiet;
  return options;
}

ScoredCell ReadCell(const PlannedCell& planned, const PlannedRun& run, const std::string& folder,
                    const Workshop& workshop) {
  StoredCell stored = ReadStoredCell(workshop.FolderOf(planned.step));
  ScoredCell cell;
  cell.record = RecordCell({planned.query_model, planned.gallery_model}, stored.scores,
                           stored.identities, StatisticsOf(JudgeOptionsOf(run, workshop)));
  cell.record.per_query = FileRef{"queries/" + stored.queries_hash + ".csv", stored.queries_hash};
  const std::string side = JoinPath(folder, cell.record.per_query->file);
  // With lists the file is another one: RecordJudgement makes it.
  const bool wanted = !workshop.request.asked.lists;
  if (wanted && (!FileExists(side) || HashOfFile(side) != stored.queries_hash))
    WriteFileAtomic(side, ReadFile(stored.queries_file));
  cell.scores = std::move(stored.scores);
  cell.scores.map_hits = cell.record.metrics.at(HeadlineMetric().name).value;
  cell.identities = std::move(stored.identities);
  return cell;
}

void RecordJudgement(const PlannedRun& run, std::vector<ScoredCell> cells,
                     const std::string& folder, Workshop& workshop, RunRecord& record) {
  const GraphRequest request = RequestOf(run, workshop);
  Judgement judgement;
  judgement.cells = std::move(cells);
  JudgeCells(request, judgement);
  for (const ScoredCell& cell : judgement.cells) {
    if (cell.queries.text.empty()) continue;
    WriteFileAtomic(JoinPath(folder, cell.queries.file), std::string_view(cell.queries.text));
    for (CellRecord& known : record.cells) {
      if (known.query_model == cell.record.query_model &&
          known.gallery_model == cell.record.gallery_model)
        known.per_query = cell.record.per_query;
    }
  }
  record.compatibility = std::move(judgement.compatibility);
  record.sections = std::move(judgement.sections);
}

}  // namespace bcr
