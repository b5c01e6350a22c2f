#pragma once

#include <vector>

#include "harness/plan/step_queue.h"
#include "harness/run/stored_cell.h"
#include "harness/run/workshop.h"
#include "reports/run_record.h"

namespace bcr {

// The parts of a run's record, for RecordRow alone.

// A scored cell: its values by query, and what the record says of it.
struct RecordedCell {
  StoredCell stored;
  CellRecord record;
};

// The record of a run before anything was made: names, revisions, configuration, provenance.
RunRecord OpenRecord(const PlannedRun& run, const Workshop& workshop);
// Adds what is known of the data, once it was opened. May add an unofficial reason.
void RecordData(const PlannedRun& run, DataRoles& data, RunRecord& record);
// Adds the models that were made.
void RecordModels(const PlannedRun& run, const StepQueue& queue, const Workshop& workshop,
                  RunRecord& record);
// Reads one cell from the store and computes its figures.
RecordedCell RecordCell(const PlannedCell& cell, const PlannedRun& run, const Workshop& workshop);
// Adds gain, update gain and verdict where the cells they need are there.
void RecordVerdict(const PlannedRun& run, const std::vector<RecordedCell>& cells,
                   RunRecord& record);

}  // namespace bcr
