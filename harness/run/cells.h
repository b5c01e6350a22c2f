#pragma once

#include <string>

#include "harness/judge/cells.h"
#include "harness/judge/options.h"
#include "harness/run/plan.h"
#include "harness/run/workshop.h"

namespace bcr {

// A scored cell of a run, and its per-query side file in the store. `scored.queries` is empty: the
// file is copied.
struct MadeCell {
  ScoredCell scored;
  std::string queries_file;
};

// Scores one (query model, gallery model) pair of a run, through the store. Where the two models
// differ, the side of the new one is brought to the old model's width by the setting's policy.
MadeCell MakeCell(const std::string& query_model, const std::string& gallery_model,
                  const PlannedRun& run, const RunRequest& request, ArtifactStore& store,
                  Workshop& workshop);

// mAP of random unit features on the run's test split: the floor that an incompatible model's
// cross-test stands on.
double RandomFloor(const PlannedRun& run, const RunRequest& request, Workshop& workshop);

// How the run's cells are scored and judged, on this machine's default of threads.
JudgeOptions JudgeOptionsOf(const PlannedRun& run, Policy policy);

// The profile's policy, as far as the scored data's identities bear it: `market` becomes `camera`
// where -1 and 0 are ordinary identities.
Policy EffectivePolicy(const PlannedRun& run, DataRoles& data);

}  // namespace bcr
