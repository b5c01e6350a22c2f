#pragma once

#include <map>
#include <memory>
#include <string>

#include "harness/core/time_split.h"
#include "harness/features/feature_table.h"
#include "harness/judge/models.h"
#include "harness/plan/data_roles.h"
#include "harness/plan/plan.h"
#include "harness/store/artifact_store.h"

namespace bcr {

// What making steps works with.
struct Workshop {
  const RunRequest& request;
  const PlugIns& plug_ins;
  ArtifactStore& store;
  DataRoles& data;
  const Plan& plan;
  const std::string device;
  TimeSplit time;  // spent so far, by kind of work
  // Opened test features by step: rows are mapped, the index alone is in memory.
  std::map<size_t, std::shared_ptr<const FeatureTable>> open_features;
  MadeOf made_of;  // what the step being made depends on; makers add what they make on the way

  // Where the result of a step lies, or will lie.
  std::string FolderOf(size_t step) const;
};

// Each fills `folder` with the result of a step of its kind; the steps it needs are in the store.
// They throw what training, extraction and scoring throw; nothing is half made then.
void MakeModel(size_t step, const std::string& folder, Workshop& workshop);
void MakeFeatures(size_t step, const std::string& folder, Workshop& workshop);
void MakeAdapter(size_t step, const std::string& folder, Workshop& workshop);
void MakeCell(size_t step, const std::string& folder, Workshop& workshop);

// Test features of a step, mapped from the store. Valid while `workshop.open_features` is not
// cleared.
const FeatureTable& OpenFeatures(size_t step, Workshop& workshop);
// The rows of a cell as they are compared, valid while `workshop.open_features` is not cleared.
// REQUIRES: a cell of two models.
CellRows OpenCellRows(size_t step, Workshop& workshop);

}  // namespace bcr
