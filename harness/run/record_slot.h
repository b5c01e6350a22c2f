#pragma once

#include <string>

#include "harness/plan/data_roles.h"
#include "harness/plan/plan.h"
#include "harness/plan/request.h"

namespace bcr {

// Records are named by setting, method, profile and seed. Throws kUsage where the folder holds a
// record of that name that answers another question: other data in any role (reference or content),
// other initial weights or arithmetic, another setting or profile of that name, another split
// scored, other overrides. Checked before anything is trained.
// Returns whether a record of this question is there already.
bool CheckRecordSlot(const std::string& records, const PlannedRun& run, const Plan& plan,
                     const RunRequest& request, DataRoles& data);

}  // namespace bcr
