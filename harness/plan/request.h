#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/adapt/adapter.h"
#include "harness/core/data_ref.h"
#include "harness/core/dataset.h"
#include "harness/core/embedded.h"
#include "harness/data/image_store.h"
#include "harness/judge/options.h"
#include "harness/train/trainer.h"

namespace bcr {

// What `bcreid run` was asked for.
struct RunRequest {
  std::vector<std::string> settings;  // names, in order
  std::vector<std::string> methods;   // names, in order; empty: the default rows
  int first_seed = 1, seeds = 1;
  std::string profile = "quick";
  std::map<std::string, DataRef> data;  // by role: "target", "source" and what settings name
  std::string device = "auto";
  std::string precision = "fp32";  // of training and extraction: fp32 | bf16
  std::vector<std::string> init;   // empty, "random", FILE, or BACKBONE=FILE each
  bool init_partial = false;       // files that fit in part are loaded as far as they fit
  std::string old_model;   // of --old, ParseModelReference; "": the settings' own is trained
  bool trust = false;      // a given TorchScript model may run
  std::string out_folder;  // leaderboard.json and records/*.json
  std::string store_folder;
  std::vector<std::string> overrides;  // key=value
  double compatibility_weight =
      1;  // multiplies every compatibility objective (for choosing weights)
  int best_on_test =
      0;  // keep the best epoch on the test split, of every so many; 0: as the profile says
  std::string score_on = "test";        // test | validation (for choosing weights; never official)
  SectionsAsked asked;                  // further sections of every record
  std::optional<RerankOptions> rerank;  // of every cell
  // Some sections are made of feature rows, also where all cells are stored.
  bool NeedsRows() const { return asked.NeedsRows(); }
  OnBadImage on_bad_image = OnBadImage::kFail;
  int threads = 0;
  bool quiet = false;
  std::string command_line;
};

// Everything pluggable, handed in by app: the runner knows neither methods nor readers.
struct PlugIns {
  TrainPlugIns train;
  std::vector<const AdapterInfo*> adapters;
  std::vector<const DatasetInfo*> datasets;
  const std::vector<EmbeddedFile>* methods = nullptr;  // methods/recipes/*.json
  const std::vector<EmbeddedFile>* bases = nullptr;    // methods/recipes/bases/*.json
};

}  // namespace bcr
