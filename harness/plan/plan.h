#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "harness/plan/data_roles.h"
#include "harness/plan/recipe_book.h"
#include "harness/plan/request.h"
#include "harness/plan/step.h"
#include "protocols/overrides.h"

namespace bcr {

// A cell of a row, by the names of its models.
struct PlannedCell {
  std::string query_model, gallery_model;
  size_t step = 0;
};

// A map of a row between a model and an earlier one, by their names.
struct PlannedAdapter {
  std::string model, earlier;
  bool maps_later = true;
  size_t step = 0;
};

// One record to be written: one setting, method and seed.
struct PlannedRun {
  std::shared_ptr<const Protocol> protocol;
  MethodRecipe method;
  int seed = 0;
  std::map<std::string, size_t> models;  // the setting's models -> their steps
  std::vector<PlannedAdapter> adapters;
  std::vector<PlannedCell> cells;  // in the setting's order
  size_t floor = 0;                // the cell of random features
  std::shared_ptr<const TrainingViews> views;
  Policy policy = Policy::kMarket;  // the profile's, as far as the scored identities bear it
  Json configuration;               // effective setting, profile, recipes
  std::vector<std::string> unofficial_reasons;

  std::string Name() const;  // "in-domain-data / l2 / seed 1"
};

// The expanded, immutable list of what one invocation does.
struct Plan {
  std::vector<Step> steps;  // a step stands behind those it needs
  std::vector<PlannedRun> runs;
  std::vector<std::string> left_out;  // "method in setting: reason"
  std::vector<std::string> warnings;  // sentences about choices that users should reconsider
  std::vector<std::string> notes;     // what was read into the request

  const ModelWork& Model(size_t step) const { return std::get<ModelWork>(steps[step].work); }
};

// Expands settings x methods x seeds. Opens data sets (lists only where `data.list_only()`); trains
// nothing, but makes every objective and label source once: parameters that a plug-in refuses
// (kConfig) are refused here, not hours later.
Plan MakePlan(const RunRequest& request, const PlugIns& plug_ins, const RecipeBook& book,
              DataRoles& data, const std::string& device);

}  // namespace bcr
