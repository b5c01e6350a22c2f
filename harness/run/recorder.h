#pragma once

#include "harness/plan/step_queue.h"
#include "harness/run/workshop.h"
#include "reports/run_record.h"

namespace bcr {

// The record of a row whose steps are all made or have failed. Reads models and cells from the
// store, and writes the per-query files and the list of images beside the record (into `folder`).
// What failed is in the record: its cells, models and status. Times are left out.
RunRecord RecordRow(const PlannedRun& run, const StepQueue& queue, const std::string& folder,
                    Workshop& workshop);

}  // namespace bcr
