#pragma once

#include <string>
#include <vector>

#include "harness/eval/scorer.h"
#include "harness/run/plan.h"
#include "harness/run/workshop.h"
#include "reports/run_record.h"

namespace bcr {

// One scored cell: the scores, whom the queries show, and what the record says of it.
struct MadeCell {
  CellScores scores;
  std::vector<std::string> identities;  // of the queries, row for row
  CellRecord record;
  std::string queries_file;  // the per-query side file in the store
};

// Scores one (query model, gallery model) pair of a run, through the store. Where the two models
// differ, the side of the new one is brought to the old model's width by the setting's policy.
MadeCell MakeCell(const std::string& query_model, const std::string& gallery_model,
                  const PlannedRun& run, const RunRequest& request, ArtifactStore& store,
                  Workshop& workshop);

// mAP of random unit features on the run's test split: the floor that an incompatible model's
// cross-test stands on.
double RandomFloor(const PlannedRun& run, const RunRequest& request, Workshop& workshop);

// How cells are scored, in words, for the record.
ScoringRecord DescribeScoring(const PlannedRun& run, Policy policy);

// The profile's policy, as far as the scored data's identities bear it: `market` becomes `camera`
// where -1 and 0 are ordinary identities.
Policy EffectivePolicy(const PlannedRun& run, DataRoles& data);

}  // namespace bcr
