#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/eval/postprocess/rerank.h"
#include "harness/eval/scorer.h"

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
  ScoringOptions scoring;
  std::string widths = "equal";  // equal, truncate, pad
  int resamples = 2000;
  int64_t seed = 1;
  bool pairs = false, backfill = false, slices = false;
  std::string device = "cpu";  // of the cells' products: "cpu" or "cuda:<index>"
  std::string search;          // FAISS index string; "" for none
  std::optional<RerankOptions> rerank;
  std::string json;  // file to write; "" for none
  std::string command_line;
  bool quiet = false;
};

}  // namespace bcr
