#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "harness/core/json.h"
#include "harness/run/data_roles.h"
#include "harness/run/recipe_book.h"
#include "harness/run/request.h"
#include "protocols/overrides.h"
#include "protocols/views.h"

namespace bcr {

// The feature side of the default profile (Profile::feature_side).
inline constexpr const char* kAfterNeck = "after-neck";

// One model to be trained. `inputs` decides its bytes; its hash is the model's key in the store, so
// that equal models of different rows and settings are trained once.
struct PlannedModel {
  std::string title;  // of the first row that wanted it
  Json inputs;
  std::string key;
  std::string data_role;
  ViewRows view;
  std::string labels;  // "ground-truth" | "none"
  ModelSpec spec;
  uint64_t seed = 0;
  BaseRecipe base;
  std::vector<ObjectiveUse> compatibility;
  TrainOptions options;
  std::string widths = "equal";
  std::string feature_side = kAfterNeck;  // of the feature compared with the old model's
  std::string init;       // for the record: "random", "source-model", "old", "file:NAME"
  std::string init_file;  // safetensors, or ""
  int start_model = -1;   // index of the model whose weights it starts from, or -1
  int old_model = -1;     // index of the model it is to be compatible with, or -1
};

// One record to be written.
struct PlannedRun {
  Protocol protocol;
  MethodRecipe method;
  int seed = 0;
  std::map<std::string, int> models;  // "old", "new", "paragon" -> index
  TrainingViews views;
  Json configuration;  // effective setting, profile, recipes
  std::vector<std::string> unofficial_reasons;
};

// The expanded, immutable list of what one invocation does.
struct Plan {
  std::vector<PlannedModel> models;  // a model stands behind those it needs
  std::vector<PlannedRun> runs;
  std::vector<std::string> left_out;  // "method in setting: reason"
  std::vector<std::string> warnings;  // sentences about what is allowed and unwise
};

// Expands settings x methods x seeds. Opens data sets (lists only where `data.list_only()`); trains
// nothing, but makes every objective and label source once: parameters that a plug-in refuses
// (kConfig) are refused here, not hours later.
Plan MakePlan(const RunRequest& request, const PlugIns& plug_ins, const RecipeBook& book,
              DataRoles& data, const std::string& device);

}  // namespace bcr
