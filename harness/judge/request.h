#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/adapt/set_fit.h"
#include "harness/judge/label_check.h"
#include "harness/judge/options.h"

namespace bcr {

// The feature sets of one model, each a list of shards.
struct ModelPaths {
  std::string key;  // what cells name: "old", "new", "paragon", "model", or given
  std::string query_flag, gallery_flag;     // how the user named the sets, for messages
  std::vector<std::string> query, gallery;  // gallery: empty where the model has indexed none
};

// What `bcreid score` is asked for.
struct ScoreRequest {
  std::vector<ModelPaths> models;  // oldest first
  bool chain = false;  // models are steps of a chain of upgrades, not old, new and paragon
  JudgeOptions options;
  SectionsAsked asked;
  LabelReading labels = LabelReading::kUnambiguous;
  std::optional<SetFitRequest> adapter;  // between the first two models, the old and the new one
  std::string device = "cpu";  // name of what options.source multiplies on, for the report
  std::string json;            // file to write; "" for none
  std::string command_line;
  bool quiet = false;
};

}  // namespace bcr
