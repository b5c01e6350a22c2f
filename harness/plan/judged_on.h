#pragma once

#include "harness/plan/plan.h"

namespace bcr {

class DataRoles;
struct RunRequest;

// The images by which a model's epoch is chosen: held-out people, or the test split, of the data that it
// sees; of several, of the scored role where that is among them, else of the first. Private to harness/plan.
// Throws kConfig where the setting holds nobody out, and where the held-out people are what is scored.
JudgedOn ImagesToJudgeBy(const CheckpointChoice& choice, const ModelNode& node,
                         const PlannedRun& run, const RunRequest& request, DataRoles& data);

}  // namespace bcr
