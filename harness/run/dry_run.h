#pragma once

#include <string>

#include "harness/plan/plan.h"
#include "harness/store/artifact_store.h"

namespace bcr {

// A plan as text: a line for every step down to the cells, with whether the store has its result;
// a line for every record, with whether `records` has it; and what will make rows unofficial, left
// out or doubtful. Decodes and trains nothing. Throws kUsage where a record of another question
// stands in the way.
std::string DescribeSteps(const RunRequest& request, const ArtifactStore& store, const Plan& plan,
                          DataRoles& data, const std::string& records);

}  // namespace bcr
