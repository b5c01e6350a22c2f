#pragma once

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "harness/core/error.h"
#include "harness/core/json.h"
#include "harness/core/time_split.h"
#include "harness/features/feature_table.h"
#include "harness/run/artifact_store.h"
#include "harness/run/data_roles.h"
#include "harness/run/plan.h"
#include "harness/run/request.h"

namespace bcr {

struct EmbedOptions;

// A trained model as later steps need it.
struct MadeModel {
  std::string folder;
  bool reused = false;
  int width = 0;  // d
  Json
      training;  // the `training` block of model.json: history, label notes, steps, images, seconds
  std::string weights_hash;
  FloatMatrix projection;  // d_o x d, under the width policy `project`
};

// Features of one model on one list of images, mapped from the store (the index alone is in
// memory), and the key they are stored under.
struct MadeFeatures {
  FeatureTable table;
  std::string key;
};

// Makes what a plan needs, through the store: nothing is made twice, in this run or a later one.
class Workshop {
 public:
  Workshop(const RunRequest& request, const PlugIns& plug_ins, const ArtifactStore& store,
           DataRoles& data, const Plan& plan, std::string device);

  // Trains a planned model and what it depends on.
  const MadeModel& Model(int index);
  // The model if it was made in this run, else null.
  const MadeModel* Made(int index) const;
  // "query" or "gallery" of a role's test split; for both, the validation images under score_on =
  // validation. Valid until CloseFeatures.
  const MadeFeatures& TestFeatures(int index, const std::string& role, const std::string& side,
                                   const PlannedRun& run);
  // Lets go of all test features: a run of many rows would keep the sets of all of them otherwise.
  void CloseFeatures() { features_.clear(); }
  // True where the step's result is stored already (dry runs).
  bool ModelStored(int index) const;
  bool FeaturesStored(int index, const std::string& role, const std::string& side,
                      const PlannedRun& run);

  TimeSplit& time() { return time_; }
  DataRoles& data() { return data_; }

 private:
  MadeModel Make(int index);
  void TrainInto(const PlannedModel& planned, const std::string& folder, const std::string& work);
  OldModel MakeOldModel(const PlannedModel& planned);
  AddedImagesContext WhereToAdd(const PlannedModel& planned);
  FloatMatrix OldFeatures(int index, const PlannedModel& consumer);
  Split SplitOf(const std::string& side) const;
  Json FeatureInputs(int index, const std::string& role, const std::string& side,
                     const PlannedRun& run);
  std::vector<int64_t> OldClassOf(const PlannedModel& planned) const;
  FloatMatrix Extract(int index, const ImageStore& images, const EmbedOptions& options);

  const RunRequest& request_;
  const PlugIns& plug_ins_;
  ArtifactStore store_;
  DataRoles& data_;
  const Plan& plan_;
  std::string device_;
  TimeSplit time_;
  std::map<int, MadeModel> models_;
  std::map<int, Error> failed_;  // not trained again in this run
  std::map<std::string, std::unique_ptr<MadeFeatures>> features_;
};

}  // namespace bcr
