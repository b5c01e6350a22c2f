#pragma once

#include <map>
#include <set>
#include <string>

#include "harness/run/cells.h"
#include "harness/run/data_roles.h"
#include "harness/run/workshop.h"
#include "reports/run_record.h"

namespace bcr {

// The record of a run before anything was made: names, revisions, configuration, provenance.
RunRecord OpenRecord(const PlannedRun& run, const RunRequest& request, DataRoles& data);
// The data roles that a setting draws on.
std::set<std::string> DataRolesOf(const Setting& setting);
// Adds what is known of the data, once it was opened. May add unofficial reasons.
void RecordData(const PlannedRun& run, DataRoles& data, RunRecord& record);
// Adds the models that were made.
void RecordModels(const PlannedRun& run, const Plan& plan, Workshop& workshop, RunRecord& record);
// Adds gain, update gain and verdict where the cells they need are there.
void RecordVerdict(const PlannedRun& run, const std::map<std::string, MadeCell>& cells,
                   RunRecord& record);

}  // namespace bcr
