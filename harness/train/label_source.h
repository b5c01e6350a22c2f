#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "harness/core/json.h"
#include "harness/train/label_set.h"
#include "harness/train/training_set.h"

namespace at {
class Tensor;
}

namespace bcr {

// What a label source may know of the training set. Everything outlives the source.
struct LabelContext {
  // Class per training row, -1 unknown. A source without labels must use it for reporting at most.
  std::vector<int64_t> truth;
  std::vector<int64_t> cameras;             // per row
  std::vector<int64_t> domains;             // per row; empty: one domain
  uint64_t seed = 0;                        // derive named streams from it
  std::vector<const OldModel*> old_models;  // with their features of the rows; empty: none
};

// Where a batch's labels come from: ground truth, or clustering of the current features.
class LabelSource {
 public:
  virtual ~LabelSource() = default;
  // Called before every epoch. Returns true and fills `labels` (what it was at the last call) where
  // they changed. Throws kTraining with the word "collapsed" where a clustering leaves fewer than
  // two clusters; the runner reports it as a failed model.
  virtual bool Refresh(const EpochStart& start, LabelSet& labels) = 0;
  // One object per refresh for the record: {"epoch", "clusters", "outliers", ...}. Those of a run
  // that was stopped are kept by the trainer.
  virtual Json Notes() const;
  // What a resumed run needs, by name. The labels themselves need not be saved: the trainer does
  // that. A resumed run calls Load before the first Refresh, also where nothing was saved.
  virtual void Save(std::map<std::string, at::Tensor>& state) const;
  virtual void Load(const std::map<std::string, at::Tensor>& state);
};

struct LabelSourceInfo {
  std::string name;
  int revision = 0;
  std::string about;
  std::string source;
  std::string parameters;  // JSON object of parameters with their defaults
  // Likewise those that came later: in the key of a stored model where they are given.
  std::string later_parameters = "{}";
  std::function<std::unique_ptr<LabelSource>(JsonReader& parameters, const LabelContext& context)>
      make;
  // What is allowed in these (complete) parameters but not advisable, as a sentence; "" where
  // nothing is. May be null.
  std::string (*warn)(const Json& parameters) = nullptr;
};

// Generated from methods/CMakeLists.txt.
std::vector<const LabelSourceInfo*> label_source_table();

// The registered source, or null for ground truth. Throws kConfig with a suggestion for an unknown
// name.
const LabelSourceInfo* FindLabelSource(const std::vector<const LabelSourceInfo*>& table,
                                       const std::string& name);
// The defaults of a label source with `parameters` (a JSON object) in their places.
Json CompleteParameters(const LabelSourceInfo& info, const Json& parameters);
// A registered label source by name, its parameters checked against its defaults.
std::unique_ptr<LabelSource> MakeLabelSource(const std::vector<const LabelSourceInfo*>& table,
                                             const std::string& name, const std::string& parameters,
                                             const LabelContext& context);
// Labels as the data gives them, handed out once.
std::unique_ptr<LabelSource> NewGroundTruth(const LabelSet& truth);

}  // namespace bcr
