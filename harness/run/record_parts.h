#pragma once

#include <string>
#include <vector>

#include "harness/judge/cells.h"
#include "harness/plan/step_queue.h"
#include "harness/run/workshop.h"
#include "reports/run_record.h"

namespace bcr {

// The parts of a run's record, for RecordRow alone.

// The record of a run before anything was made: names, revisions, configuration, provenance.
RunRecord OpenRecord(const PlannedRun& run, const Workshop& workshop);
// Adds what is known of the data, once it was opened. May add an unofficial reason.
void RecordData(const PlannedRun& run, DataRoles& data, RunRecord& record);
// Adds the models that were made.
void RecordModels(const PlannedRun& run, const StepQueue& queue, const Workshop& workshop,
                  RunRecord& record);
// Adds the maps that were fitted.
void RecordAdapters(const PlannedRun& run, const StepQueue& queue, const Workshop& workshop,
                    RunRecord& record);
// How the cells of a run are scored and judged.
JudgeOptions JudgeOptionsOf(const PlannedRun& run, const Workshop& workshop);
// Reads one cell from the store and computes its figures; its per-query file goes beside the record,
// into `folder`.
ScoredCell ReadCell(const PlannedCell& cell, const PlannedRun& run, const std::string& folder,
                    const Workshop& workshop);
// Adds the verdict, a chain's matrix and the sections that were asked for, as far as the cells they
// need are there; with lists, per-query files that hold them go into `folder`.
void RecordJudgement(const PlannedRun& run, std::vector<ScoredCell> cells,
                     const std::string& folder, Workshop& workshop, RunRecord& record);

}  // namespace bcr
