#include "harness/run/recorder.h"

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>

#include "harness/cluster/neighbours/neighbours.h"
#include "harness/core/files.h"
#include "harness/core/progress.h"
#include "harness/core/provenance.h"
#include "harness/data/decode.h"
#include "harness/judge/scoring_record.h"
#include "harness/nn/threads.h"
#include "harness/run/as_error.h"
#include "harness/run/mixed_training.h"
#include "harness/run/record_parts.h"
#include "harness/run/stored_cell.h"

namespace bcr {

namespace {

// Why `step` failed; nothing where it did not. A failed row does not stop the others: Ctrl-C alone
// does.
std::optional<std::string> Failure(const std::string& where, const std::function<void()>& step) {
  try {
    step();
  } catch (const std::exception& failure) {
    const Error error = AsError(failure, where);
    if (error.code() == ErrorCode::kInterrupted) throw;
    return error.what();
  }
  return std::nullopt;
}

void AddFailedCell(const PlannedCell& cell, const std::string& why, RunRecord& record) {
  CellRecord failed;
  failed.query_model = cell.query_model;
  failed.gallery_model = cell.gallery_model;
  failed.status = "failed";
  failed.error = why;
  record.cells.push_back(failed);
}

void RecordCells(const PlannedRun& run, const StepQueue& queue, const std::string& folder,
                 const Workshop& workshop, std::vector<ScoredCell>& cells, RunRecord& record) {
  for (const PlannedCell& planned : run.cells) {
    const std::string name = planned.query_model + "/" + planned.gallery_model;
    if (queue.Failed(planned.step)) {
      AddFailedCell(planned, queue.failure(planned.step).what(), record);
      continue;
    }
    const auto why = Failure("cell " + name, [&] {
      ScoredCell cell = ReadCell(planned, run, folder, workshop);
      record.cells.push_back(cell.record);
      cells.push_back(std::move(cell));
    });
    if (why) AddFailedCell(planned, *why, record);
  }
}

// Why the last of its failed cells failed; "" where all are there.
std::string CellFailure(const RunRecord& record) {
  std::string why;
  for (const CellRecord& cell : record.cells) {
    if (cell.status != "ok") why = cell.query_model + "/" + cell.gallery_model + ": " + cell.error;
  }
  return why;
}

// Status and error of the whole record, from its cells.
void Settle(const PlannedRun& run, RunRecord& record) {
  if (record.status != "ok") return;
  const Upgrade& upgrade = run.protocol->setting.upgrade;
  const CellRecord* cross = FindCell(record, upgrade.new_model, upgrade.old_model);
  record.error = CellFailure(record);
  if (record.error.empty()) return;
  record.status = cross != nullptr && cross->status == "ok" ? "partial" : "failed";
}

}  // namespace

RunRecord OpenRecord(const PlannedRun& run, const Workshop& workshop) {
  const Protocol& protocol = *run.protocol;
  RunRecord record;
  record.setting = {protocol.setting.name, protocol.setting.revision};
  record.method = {run.method.name, run.method.revision};
  record.profile = {protocol.profile.name, protocol.profile.revision};
  record.seed = run.seed;
  const Upgrade& upgrade = protocol.setting.upgrade;
  record.upgrade = {upgrade.old_model, upgrade.new_model, upgrade.paragon};
  record.scoring = DescribeScoring(JudgeOptionsOf(run, workshop), protocol.profile.feature_side);
  record.configuration = Free(run.configuration);
  record.provenance.build = Free(BuildJson());
  Json host = HostInfo();
  host["threads"] = TorchThreads();
  record.provenance.host = Free(host);
  record.provenance.libraries = Free({{"libtorch", TorchVersion()},
                                      {"decoder", DecoderRevision()},
                                      {"neighbours", NeighbourLibrary()},
                                      {"blas", BlasDescription()}});
  record.provenance.command_line = workshop.request.command_line;
  record.provenance.created = UtcNow();
  record.unofficial_reasons = run.unofficial_reasons;
  record.official = run.unofficial_reasons.empty();
  return record;
}

RunRecord RecordRow(const PlannedRun& run, const StepQueue& queue, const std::string& folder,
                    Workshop& workshop) {
  RunRecord record = OpenRecord(run, workshop);
  // The exact images each model saw, by name: seeds alone would not outlive a change of the split
  // code.
  WriteFileAtomic(JoinPath(folder, "views/" + run.views->hash + ".json"),
                  std::string_view(run.views->lists));
  const auto fail = [&](const std::optional<std::string>& why) {
    if (!why || record.status == "failed") return;
    // What misses the features of a model that was not made says less than why it was not.
    record.error = CellFailure(record);
    record.error += (record.error.empty() ? "" : "; then ") + *why;
    record.status = "failed";
  };
  std::vector<ScoredCell> cells;
  fail(Failure(run.Name(), [&] {
    RecordCells(run, queue, folder, workshop, cells, record);
    RecordModels(run, queue, workshop, record);
    if (const std::string mixed = MixedTraining(record); !mixed.empty())
      Say("note: " + mixed, workshop.request.quiet);
    RecordAdapters(run, queue, workshop, record);
    if (!cells.empty()) RecordJudgement(run, cells, folder, workshop, record);
    if (!cells.empty() && queue.Done(run.floor))
      record.random_map = ReadStoredCell(workshop.FolderOf(run.floor)).scores.map_hits;
  }));
  fail(Failure(run.Name() + ", its data", [&] { RecordData(run, workshop.data, record); }));
  Settle(run, record);
  return record;
}

}  // namespace bcr
